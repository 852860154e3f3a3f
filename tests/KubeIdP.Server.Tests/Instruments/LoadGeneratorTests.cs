using System.Diagnostics;
using System.Text.Json;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Instruments;

/// <summary>The load generator still works with the server. Its measurements count only on a machine that does nothing else.</summary>
public sealed class LoadGeneratorTests
{
    [Theory]
    [InlineData("refresh")]
    [InlineData("kubectl")]
    public async Task A_short_pass_has_right_answers_alone(string load)
    {
        var outcome = await RunAsync(load, "--database", "sqlite", "--people", "1", "--clients", "3", "--connections", "2", "--seconds",
            "1", "--passes", "1");

        var pass = JsonDocument.Parse(outcome.Succeeded().Output).RootElement;
        Assert.True(pass.GetProperty("perSecond").GetDouble() > 0, outcome.Output);
        Assert.Equal(0, pass.GetProperty("errors").GetInt32());
    }

    [Fact]
    public async Task Refused_logins_of_every_kind_are_timed()
    {
        var outcome = await RunAsync("refusals", "--tries", "1");

        // Whether the medians lie together is for a machine that does nothing else; that each kind was refused is not.
        var medians = JsonDocument.Parse(outcome.Output).RootElement.GetProperty("mediansMs").EnumerateObject().ToList();
        Assert.Equal(7, medians.Count);
        Assert.All(medians, kind => Assert.True(kind.Value.GetDouble() > 0, outcome.Output));
    }

    [Fact]
    public async Task A_poll_with_a_device_code_is_one_statement_and_one_with_a_foreign_code_is_none()
    {
        var outcome = await RunAsync("device-polls", "--machines", "20", "--rate", "40", "--seconds", "1", "--passes", "1");

        // How long refreshes take beside them is for a machine that does nothing else.
        var polls = JsonDocument.Parse(outcome.Output).RootElement.GetProperty("polls").EnumerateArray().ToList();
        Assert.Equal([("Honest", 1.0), ("Hasty", 1.0), ("Foreign", 0.0)],
            polls.Select(kind => (kind.GetProperty("pollers").GetString()!, kind.GetProperty("statementsEach").GetDouble())));
        Assert.Equal([["authorization_pending"], ["authorization_pending", "slow_down"], ["invalid_grant"]],
            polls.Select(kind => kind.GetProperty("answers").EnumerateObject().Select(answer => answer.Name).Order().ToArray()));
    }

    [Fact]
    public async Task Device_codes_guessed_by_several_people_at_once_are_looked_up_within_the_limits()
    {
        var outcome = await RunAsync("device-guesses", "--guesses", "120", "--people", "4", "--addresses", "3");

        Assert.Equal(20, JsonDocument.Parse(outcome.Succeeded().Output).RootElement.GetProperty("lookedUp").GetInt32());
    }

    [Fact]
    public async Task An_unknown_race_is_refused_with_the_names_of_all()
    {
        var outcome = await RunAsync("races", "--race", "relay");

        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains("'device-codes'", outcome.Error, StringComparison.Ordinal);
    }

    private static Task<Outcome> RunAsync(params string[] words)
    {
        var program = Repository.File($"tests/KubeIdP.Load/bin/{Repository.Configuration}/net10.0/KubeIdP.Load.dll");
        var start = new ProcessStartInfo(IssuerProcess.DotnetHost);
        foreach (var word in (string[])[program, .. words, "--output", "json"])
            start.ArgumentList.Add(word);
        return Programs.RunAsync(start, input: null, TestContext.Current.CancellationToken);
    }
}
