using System.Text.Json;
using System.Text.RegularExpressions;
using KubeIdP.Cli;
using KubeIdP.Server.Tests.Documentation;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Commands;

/// <summary>
/// The example of src/docs for a kind of directory, with the names of a real one filled in, and the commands that test it.
/// </summary>
public abstract partial class UpstreamCommandTests : IAsyncLifetime
{
    private const string Password = "Of-The-Directory-1";
    private const string Group = "kubernetes-users";

    private readonly TemporaryFolder folder = new();
    private TestDirectory directory = null!;

    private protected TemporaryFolder Folder => folder;

    private protected TestDirectory TheDirectory => directory;

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A word that no other example of src/docs has.</summary>
    protected abstract string Example { get; }

    /// <summary>Of the names of groups in the example.</summary>
    protected virtual string Prefix => "";

    /// <summary>As somebody may type <c>alice</c>.</summary>
    protected abstract string Typed { get; }

    public async ValueTask InitializeAsync()
    {
        directory = await StartDirectoryAsync();
        await directory.AddPersonAsync("alice", Password, Ct);
        await directory.AddPersonAsync("bob", Password, Ct);
        await directory.AddGroupAsync(Group, [directory.PersonDn("alice")], Ct);
        await directory.AddGroupAsync("visitors", [directory.PersonDn("bob")], Ct);
        await ShapeAsync(directory);
        folder.Write("password", directory.ReaderPassword);
        await PreparedData.CopyToAsync(folder.File("data"));
        folder.Write("kubeidp.yaml",
            $"dataDirectory: {folder.File("data")}\nlisten: [\"https://127.0.0.1:{Testing.Processes.Ports.Free()}\"]\n"
                + $"clusters: {{ open: , prod: {{ access: {{ groups: [\"corp:{Prefix}visitors\", local:ops] }} }} }}\n"
                + Filled(Guides.Example(Example)));
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (directory is not null) await directory.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task The_example_of_the_page_works_and_a_broken_setting_is_named()
    {
        var right = await RunAsync("check", "--connect", "--user", Typed);
        var anybody = await RunAsync("check", "--connect", "--output", "json");
        folder.Write("password", "another");
        var wrong = await RunAsync("check", "--connect");
        var alone = await RunAsync("check", "--user", "alice");

        Assert.True(right.ExitCode == 0, $"{right}");
        Assert.Contains("upstreams.corp.login: alice, ", right.Output, StringComparison.Ordinal);
        Assert.True(anybody.ExitCode == 0, $"{anybody}");
        Assert.Contains(JsonDocument.Parse(anybody.Output).RootElement.EnumerateArray(),
            finding => finding.GetProperty("subject").GetString() == "upstreams.corp.users");
        Assert.Equal(ExitCode.NotDone, wrong.ExitCode);
        Assert.Matches(@"wrong  upstreams\.corp\.[^:]*bindPasswordFile", wrong.Output);
        Assert.DoesNotContain("another", wrong.Output, StringComparison.Ordinal);
        Assert.Equal((ExitCode.Misused, true),
            (alone.ExitCode, alone.Error.Contains("--user needs --connect.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_preview_of_a_login_shows_what_the_login_would_see()
    {
        var text = await RunAsync("upstream", "test", Typed);
        var json = await RunAsync("upstream", "test", "alice", "--upstream", "corp", "--output", "json");
        var nobody = await RunAsync("upstream", "test", "nobody-of-this-name", "--output", "json");
        await DisableAsync(directory, "bob");
        var disabled = await RunAsync("upstream", "test", "bob");
        var elsewhere = await RunAsync("upstream", "test", "alice", "--upstream", "nowhere");
        await directory.StopAsync();
        var down = await RunAsync("upstream", "test", "alice");

        Assert.True(text.ExitCode == 0, $"{text}");
        Assert.Matches(@"Let in +yes", text.Output);
        Assert.Matches($"May not use prod +only for members of corp:{Prefix}visitors, local:ops", text.Output);
        Assert.DoesNotContain("May not use open", text.Output, StringComparison.Ordinal);
        var row = JsonDocument.Parse(json.Output).RootElement;
        Assert.Equal((true, "alice", "corp"),
            (row.GetProperty("letIn").GetBoolean(), row.GetProperty("username").GetString(), row.GetProperty("upstream").GetString()));
        Assert.Equal("prod", Assert.Single(row.GetProperty("noAccess").EnumerateArray()).GetProperty("client").GetString());
        Assert.Contains(row.GetProperty("groups").EnumerateArray(), group => group.GetString()!.EndsWith(Group, StringComparison.Ordinal));
        Assert.Equal((ExitCode.NotDone, false),
            (nobody.ExitCode, JsonDocument.Parse(nobody.Output).RootElement.GetProperty("letIn").GetBoolean()));
        Assert.Equal((ExitCode.NotDone, true),
            (disabled.ExitCode, disabled.Output.Contains("no: the account is disabled at the upstream", StringComparison.Ordinal)));
        Assert.Equal((ExitCode.Misused, "There is no upstream nowhere. There are: corp."), (elsewhere.ExitCode, elsewhere.Error));
        Assert.Equal((ExitCode.NotDone, true),
            (down.ExitCode, down.Output.Contains("the upstream does not answer", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_upstreams_are_listed_and_none_of_them_is_asked()
    {
        await directory.StopAsync();

        var text = await RunAsync("upstream", "list");
        var json = await RunAsync("upstream", "list", "--output", "json");

        Assert.True((text.ExitCode, json.ExitCode) == (0, 0), $"{text}\n{json}");
        Assert.Matches("NAME +KIND +DOMAINS +SIGN-IN +LOOKED UP AGAIN\ncorp +(ldap|activeDirectory) +.+ +password +yes", text.Output);
        var row = Assert.Single(JsonDocument.Parse(json.Output).RootElement.EnumerateArray());
        Assert.Equal(("corp", "password", true),
            (row.GetProperty("name").GetString(), row.GetProperty("signIn").GetString(), row.GetProperty("isLookedUpAgain").GetBoolean()));
    }

    protected abstract Task<TestDirectory> StartDirectoryAsync();

    /// <summary>Gives alice and bob what only this kind of directory has.</summary>
    protected virtual Task ShapeAsync(TestDirectory directory) => Task.CompletedTask;

    protected virtual Task DisableAsync(TestDirectory directory, string name) => directory.DisableAsync(name, Ct);

    private protected Task<Testing.Processes.Outcome> RunAsync(params string[] args) =>
        InProcess.RunAsync([.. args, "--config", folder.File("kubeidp.yaml")]);

    // The keys stay as the page has them; only what is the reader's own is filled in.
    private string Filled(string example) => new[]
    {
        (Servers(), $"servers: [ldaps://{directory.Host}:{directory.TlsPort}]"),
        (CaFile(), $"caFile: {directory.AuthorityFile}"),
        (BindDn(), $"bindDn: \"{directory.ReaderDn}\""),
        (PasswordFile(), $"bindPasswordFile: {folder.File("password")}"),
        (People(), $"users: {{ base: \"{directory.BaseDn}\""),
        (Groups(), $"base: \"{directory.GroupsDn}\" }}"),
    }.Aggregate(example, (text, fill) => fill.Item1.Replace(text, fill.Item2));

    [GeneratedRegex(@"servers: \[.*\]")]
    private static partial Regex Servers();

    [GeneratedRegex(@"caFile: \S+")]
    private static partial Regex CaFile();

    [GeneratedRegex(@"bindDn: .+")]
    private static partial Regex BindDn();

    [GeneratedRegex(@"bindPasswordFile: \S+")]
    private static partial Regex PasswordFile();

    [GeneratedRegex(@"users: \{ base: ""[^""]+""")]
    private static partial Regex People();

    [GeneratedRegex(@"(?<=groups: \{.*)base: ""[^""]+"" \}")]
    private static partial Regex Groups();
}

public sealed class SlapdCommandTests : UpstreamCommandTests
{
    protected override string Example => "# OpenLDAP";

    protected override string Typed => "alice";

    // Two directories on one server: the groups of the one without a prefix may not be called as those of the other.
    [Fact]
    public async Task What_an_administrator_should_look_at_is_said_and_prevents_nothing()
    {
        var (slapd, alice) = (TheDirectory, TheDirectory.PersonDn("alice"));
        await slapd.AddGroupAsync("lab:platform", [alice], Ct);
        await slapd.AddGroupAsync("plat\u200bform", [alice], Ct);
        await slapd.ChangeAsync(new Ldif()
            .Modify(slapd.PersonDn("bob"), "replace", "mail", "alice")
            .Add($"ou=teams,{slapd.GroupsDn}", ("objectClass", "organizationalUnit"), ("ou", "teams"))
            .Add($"cn=visitors,ou=teams,{slapd.GroupsDn}", ("objectClass", "groupOfNames"), ("cn", "visitors"), ("member", alice)), Ct);
        var server =
            $"servers: [\"ldaps://{slapd.Host}:{slapd.TlsPort}\"], caFile: {slapd.AuthorityFile}, bindDn: \"{slapd.ReaderDn}\", "
            + $"bindPassword: {slapd.ReaderPassword}, users: {{ base: \"{slapd.BaseDn}\", names: [uid, mail] }}";
        Folder.Write("kubeidp.yaml", $$"""
            dataDirectory: {{Folder.File("data")}}
            listen: ["https://127.0.0.1:{{Testing.Processes.Ports.Free()}}"]
            upstreams:
              corp: { kind: ldap, {{server}}, groups: { base: "{{slapd.GroupsDn}}" } }
              lab: { kind: ldap, {{server}}, groups: { base: "{{slapd.GroupsDn}}", prefix: "lab:" } }
            """);

        var test = await RunAsync("upstream", "test", "alice", "--upstream", "corp");
        var check = await RunAsync("check", "--connect", "--user", "alice");

        Assert.True((test.ExitCode, check.ExitCode) == (0, 0), $"{test}\n{check}");
        Assert.Matches("Groups +kubernetes-users, visitors\n", test.Output);
        Assert.Matches(@"Note +The group cn=lab:platform,.* begins with lab:, which is the prefix", test.Output);
        Assert.Matches(@"Note +The group cn=plat\\u\{200B\}form,.* control character", test.Output);
        Assert.Matches(@"Note +The uid of uid=alice,.* is also a name of uid=bob,.* the latter can't sign in with it", test.Output);
        foreach (var said in new[] { "corp.groups: The group cn=lab:platform,",
            "corp.groups.name: 2 groups have the same name in tokens, visitors", "corp.users.names: The uid of uid=alice,",
            "lab.groups.name: 2 groups have the same name in tokens, lab:visitors" })
            Assert.Contains($"warn   upstreams.{said}", check.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("lab.groups: The group cn=lab:platform", check.Output, StringComparison.Ordinal);
    }

    protected override async Task<TestDirectory> StartDirectoryAsync() => await Slapd.StartNewAsync(Ct);
}

/// <summary>FreeIPA is not to be had as a package here: its entries, as its documentation has them, in another server.</summary>
public sealed class FreeIpaCommandTests : UpstreamCommandTests
{
    private const string Schema = """
        attributetype ( 2.16.840.1.113730.3.8.3.1 NAME 'ipaUniqueID' EQUALITY caseIgnoreMatch
          SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
        attributetype ( 2.16.840.1.113730.3.1.610 NAME 'nsAccountLock' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
        objectclass ( 2.16.840.1.113730.3.8.4.1 NAME 'ipaObject' SUP top AUXILIARY MAY ( ipaUniqueID $ nsAccountLock ) )
        """;

    protected override string Example => "# FreeIPA";

    protected override string Typed => "alice";

    protected override async Task<TestDirectory> StartDirectoryAsync() => await Slapd.StartNewAsync(Schema, Ct);

    protected override async Task ShapeAsync(TestDirectory directory)
    {
        foreach (var name in (string[])["alice", "bob"])
        {
            await directory.ChangeAsync(new Ldif()
                .Modify(directory.PersonDn(name), "add", "objectClass", "ipaObject")
                .Modify(directory.PersonDn(name), "replace", "ipaUniqueID", Guid.NewGuid().ToString()), Ct);
        }
    }

    protected override Task DisableAsync(TestDirectory directory, string name) =>
        directory.ChangeAsync(new Ldif().Modify(directory.PersonDn(name), "replace", "nsAccountLock", "TRUE"), Ct);
}

[Collection(nameof(OneAtATime))]
public sealed class SambaCommandTests : UpstreamCommandTests
{
    protected override string Example => "kind: activeDirectory";

    protected override string Prefix => "corp:";

    protected override string Typed => @"CORP\alice";

    protected override async Task<TestDirectory> StartDirectoryAsync() => await SambaDomain.StartNewAsync(Ct);
}
