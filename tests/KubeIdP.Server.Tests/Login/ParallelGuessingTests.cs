using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Server.Tests.Upstreams;
using KubeIdP.Testing.Browsers;
using Xunit;

namespace KubeIdP.Server.Tests.Login;

/// <summary>What many tries at the same moment come to: no more than one after the other.</summary>
public abstract class ParallelGuessingTests(RunningIssuer running, ScriptedConnector corp) : DirectoryTests(running, corp)
{
    [Fact]
    public async Task Of_many_accounts_that_are_tried_at_once_from_one_address_no_more_are_looked_at_than_one_after_the_other()
    {
        var run = $"run-{Guid.NewGuid():N}"[..12];

        await TypeAtOnceAsync("198.51.100.7", [.. Enumerable.Range(0, 120).Select(i => $"{run}-{i}")], "a guess");

        Assert.InRange(Corp.Typed.Count(name => name.StartsWith(run, StringComparison.Ordinal)), 15, 21);
    }

    [Fact]
    public async Task An_office_whose_people_sign_in_at_the_same_moment_gets_in()
    {
        string[] people = [.. Enumerable.Range(0, 30).Select(i => $"office-{Guid.NewGuid():N}"[..20])];
        foreach (var person in people) Corp.Add(person, Password);

        var pages = await TypeAtOnceAsync("198.51.100.8", people, Password);

        Assert.All(pages, page => Assert.True(page.HasField("Enrolment code"), page.ToString()));
    }

    private async Task<Page[]> TypeAtOnceAsync(string address, IReadOnlyList<string> names, string password)
    {
        var forms = await Task.WhenAll(names.Select(_ => Issuer.CreateBrowser(address).GoAsync("/account", Ct)));
        return await Task.WhenAll(
            forms.Zip(names,
                (form, name) =>
                    Task.Run(() => form.Fill("Username", $"{name}@corp.example").Fill("Password", password).PressAsync("Sign in", Ct),
                        Ct)));
    }
}

public sealed class ParallelGuessingOnSqlite(CorpOnSqlite running) : ParallelGuessingTests(running, running.Corp),
    IClassFixture<CorpOnSqlite>;

public sealed class ParallelGuessingOnPostgres(CorpOnPostgres running) : ParallelGuessingTests(running, running.Corp),
    IClassFixture<CorpOnPostgres>;
