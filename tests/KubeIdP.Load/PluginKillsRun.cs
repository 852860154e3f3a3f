using System.Diagnostics;
using System.Text.Json;
using KubeIdP.Testing.Cli;
using KubeIdP.Testing.Races;
using Xunit.Sdk;

namespace KubeIdP.Load;

/// <summary>The kills of <see cref="CliKillRace"/>, of which the tests run fifty, with the native program.</summary>
internal static class PluginKillsRun
{
    public static async Task<int> ExecuteAsync(int kills, bool json, CancellationToken ct)
    {
        var published = await PublishedCli.GetAsync();
        await using var issuer = await ScriptedIssuer.StartAsync(ct);
        var since = Stopwatch.StartNew();
        string? broken = null;
        try
        {
            await new CliKillRace(issuer, new CliProgram(issuer.AuthorityPem, published.Program)).RunAsync(
                kills, new Rounds(kills), ct);
        }
        catch (XunitException fault)
        {
            broken = fault.Message;
        }

        Console.WriteLine(json
            ? JsonSerializer.Serialize(
                new { kills, seed = Chance.Seed, seconds = since.Elapsed.TotalSeconds, broken }, JsonSerializerOptions.Web)
            : $"{kills} kills in {since.Elapsed.TotalSeconds:F0} s, with the seed {Chance.Seed}. {broken ?? "Every file stayed whole."}");
        return broken is null ? 0 : 1;
    }

    /// <summary>A line for each hundred.</summary>
    private sealed class Rounds(int all) : IProgress<int>
    {
        public void Report(int value)
        {
            if (value % 100 == 0) Console.Error.WriteLine($"{value} of {all} kills");
        }
    }
}
