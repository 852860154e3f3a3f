using KubeIdP.Connectors.Ldap;
using KubeIdP.Connectors.Ldap.Diagnostics;
using KubeIdP.Connectors.Tests.Directories;
using KubeIdP.Core.Upstreams;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Connectors.Tests.Ldap;

/// <summary>Each setting is broken once, on a real directory, and the diagnostics have to name that one.</summary>
public abstract class DiagnosticsTests : IAsyncLifetime
{
    private const string Password = "A-right-good-password-1";

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected TestDirectory Directory { get; private set; } = null!;

    private protected LdapOptions Options { get; private set; } = null!;

    protected string Person { get; } = $"p{Guid.NewGuid():N}"[..12];

    protected string Group { get; } = $"g{Guid.NewGuid():N}"[..12];

    public async ValueTask InitializeAsync()
    {
        Directory = await DirectoryAsync();
        await Directory.AddPersonAsync(Person, Password, Ct);
        await Directory.AddGroupAsync(Group, [Directory.PersonDn(Person)], Ct);
        Options = DirectoryUpstream.OptionsFor(Directory) with { Users = new() { Base = Directory.BaseDn },
            Groups = new() { Required = [Group] } };
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_directory_that_is_configured_right_has_nothing_wrong_and_shows_a_login()
    {
        var findings = await DiagnoseAsync(Options, Person);

        Assert.All(findings, finding => Assert.True(finding.Ok, $"{finding}"));
        Assert.Contains(Person, findings.Single(finding => finding.Key == "login").What, StringComparison.Ordinal);
        Assert.Contains(Group, findings.Single(finding => finding.Key == "login").What, StringComparison.Ordinal);
        Assert.True((await DiagnoseAsync(Options, username: null)).All(finding => finding.Ok));
    }

    [Fact]
    public async Task Somebody_who_is_not_there_is_no_fault_of_a_setting()
    {
        var wrong = await WrongAsync(Options, "nobody-of-this-name");

        Assert.Equal("--user", wrong.Key);
    }

    [Fact]
    public async Task A_person_whom_the_filter_leaves_out_is_reported()
    {
        var wrong = await WrongAsync(Options with { Users = Options.Users with { Filter = $"(&(objectClass=person)(!(cn={Person}*)))" } },
            Person);

        Assert.Equal("users.filter", wrong.Key);
    }

    [Fact]
    public async Task Of_several_servers_the_one_that_is_wrong_is_named_and_the_others_go_on()
    {
        var findings = await DiagnoseAsync(Options with { Servers = [$"ldaps://{Directory.Host}:1", .. Options.Servers] }, Person);

        Assert.Equal("servers[0]", Assert.Single(findings, finding => !finding.Ok).Key);
        Assert.Contains(findings, finding => finding is { Key: "login", Ok: true });
    }

    protected abstract Task<TestDirectory> DirectoryAsync();

    /// <summary>The setting that is named when one is broken; a finding's key may name two between which nobody can tell.</summary>
    protected async Task AssertNamedAsync(string key, LdapOptions broken)
    {
        var wrong = await WrongAsync(broken, Person);

        Assert.True(wrong.Key.Split(" or ").Contains(key), $"{wrong}");
        Assert.False(string.IsNullOrWhiteSpace(wrong.Fix));
        Assert.DoesNotContain(Directory.ReaderPassword, $"{wrong}", StringComparison.Ordinal);
    }

    protected static string FileWith(string text)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, text);
        return file;
    }

    private static async Task<SettingFinding> WrongAsync(LdapOptions options, string? username) =>
        Assert.Single(await DiagnoseAsync(options, username), finding => !finding.Ok);

    private static Task<IReadOnlyList<SettingFinding>> DiagnoseAsync(LdapOptions options, string? username)
    {
        Assert.Empty(LdapRules.Check(options));
        return LdapDiagnostics.RunAsync(new ConnectorId("corp"), options, [], username, TimeProvider.System, Ct);
    }

    /// <summary>An authority that has signed nothing here.</summary>
    protected static string OtherAuthority()
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Issue(["elsewhere.example"]);
        var folder = Scratch.NewFolder("kubeidp-other-ca-");
        authority.WriteFiles(folder, certificate);
        return Path.Combine(folder, "ca.pem");
    }
}

public sealed class SlapdDiagnosticsTests : DiagnosticsTests
{
    public static TheoryData<string> Settings => [.. Broken.Keys];

    private static Dictionary<string, Func<SlapdDiagnosticsTests, LdapOptions, LdapOptions>> Broken { get; } = new()
    {
        ["kind"] = (_, right) => right with { Kind = UpstreamKind.ActiveDirectory },
        ["servers[0]"] = (_, right) => right with { Servers = ["ldaps://no-such-host.invalid"] },
        ["servers[0] port"] = (test, right) => right with { Servers = [$"ldaps://{test.Directory.Host}:1"] },
        ["servers[0] TLS on the port without"] = (test, right) =>
            right with { Servers = [$"ldaps://{test.Directory.Host}:{test.Directory.Port}"] },
        ["servers[0] StartTLS on the port with TLS"] = (test, right) =>
            right with { Servers = [$"ldap://{test.Directory.Host}:{test.Directory.TlsPort}"] },
        ["servers[0] name that is not in the certificate"] = (test, right) =>
            right with { Servers = [$"ldaps://127.0.0.2:{test.Directory.TlsPort}"] },
        ["caFile"] = (_, right) => right with { CaFile = OtherAuthority() },
        ["caFile left out"] = (_, right) => right with { CaFile = null },
        ["bindDn"] = (test, right) => right with { BindDn = $"cn=nobody,{test.Directory.BaseDn}" },
        ["bindPasswordFile"] = (_, right) => right with { BindPasswordFile = FileWith("another") },
        ["bindPassword"] = (_, right) => right with { BindPasswordFile = null, BindPassword = "another" },
        ["users.base"] = (test, right) => right with { Users = right.Users with { Base = $"ou=nowhere,{test.Directory.BaseDn}" } },
        ["users.base without people"] = (test, right) =>
            right with { Users = right.Users with { Base = test.Directory.OtherPeopleDn },
                Groups = right.Groups with { Base = test.Directory.GroupsDn } },
        ["users.filter"] = (_, right) => right with { Users = right.Users with { Filter = "(objectClass=organizationalPersonOfOurs)" } },
        ["users.names[0]"] = (_, right) => right with { Users = right.Users with { Names = ["sAMAccountName"], Username = "uid" } },
        ["users.names[1]"] = (_, right) => right with { Users = right.Users with { Names = ["uid", "destinationIndicator"] } },
        ["users.username"] = (_, right) => right with { Users = right.Users with { Username = "displayName" } },
        ["users.displayName"] = (_, right) => right with { Users = right.Users with { DisplayName = "displayName" } },
        ["users.mail"] = (_, right) => right with { Users = right.Users with { Mail = "mailAlternateAddress" } },
        ["users.id"] = (_, right) => right with { Users = right.Users with { Id = "objectGUID" } },
        ["users.id that two people share"] = (_, right) =>
            right with { Users = right.Users with { Id = "employeeNumber", Filter = "(employeeNumber=*)" } },
        ["users.id that finds nobody"] = (_, right) => right with { Users = right.Users with { Id = "facsimileTelephoneNumber" } },
        ["users.username of bytes"] = (_, right) => right with { Users = right.Users with { Username = "testBytes" } },
        ["users.names[1] of bytes"] = (_, right) => right with { Users = right.Users with { Names = ["uid", "testBytes"] } },
        ["groups.source"] = (_, right) =>
            right with { Groups = right.Groups with { Source = GroupSource.MemberOf },
                Users = right.Users with { Filter = "(sn=*-in-no-group)" } },
        ["groups.base"] = (test, right) => right with { Groups = right.Groups with { Base = $"ou=nowhere,{test.Directory.BaseDn}" } },
        ["groups.base without groups"] = (test, right) => right with { Groups = right.Groups with { Base = test.Directory.OtherPeopleDn } },
        ["groups.filter"] = (_, right) => right with { Groups = right.Groups with { Filter = "(cn=no-group-is-called-this)" } },
        ["groups.member that no group has"] = (_, right) => right with { Groups = right.Groups with { Member = "owner" } },
        ["groups.member that other groups have"] = (_, right) => right with { Groups = right.Groups with { Member = "uniqueMember" } },
        ["groups.membersAre"] = (_, right) => right with { Groups = right.Groups with { MembersAre = "uid" } },
        ["groups.membersAre of POSIX groups"] = (test, right) =>
            right with { Groups = new() { Base = $"ou=posix,{test.Directory.GroupDn(test.Group)}", Member = "memberUid",
                MembersAre = "mail" } },
        ["groups.primaryGroup"] = (_, right) => right with { Groups = right.Groups with { PrimaryGroup = "uidNumber" } },
        ["groups.name"] = (_, right) => right with { Groups = right.Groups with { Name = "sAMAccountName" } },
        ["groups.required[0]"] = (_, right) => right with { Groups = right.Groups with { Required = ["no-such-group"] } },
        ["groups.required[1]"] = (test, right) =>
            right with { Groups = right.Groups with { Required = [test.Group, test.Directory.GroupDn("no-such-group")] } },
        ["times.connect"] = (_, right) => right with { Times = right.Times with { Connect = TimeSpan.FromTicks(1) } },
        ["times.bind"] = (_, right) => right with { Times = right.Times with { Bind = TimeSpan.FromTicks(1) } },
        ["times.search"] = (_, right) => right with { Times = right.Times with { Search = TimeSpan.FromTicks(1) } },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task A_setting_that_is_wrong_is_named(string setting)
    {
        await Directory.ChangeAsync(
            new Ldif()
                .Add(Directory.PersonDn($"{Person}x"), ("objectClass", "inetOrgPerson"), ("uid", $"{Person}x"), ("cn", Person),
                    ("sn", "somebody-in-no-group"), ("employeeNumber", Person))
                .Modify(Directory.PersonDn(Person), "add", "objectClass", "testEntry")
                .Modify(Directory.PersonDn(Person), "add", "employeeNumber", Person)
                .Modify(Directory.PersonDn(Person), "add", "facsimileTelephoneNumber", "+49 30 1")
                .Modify(Directory.PersonDn(Person), "add", "testBytes", [[0xFF]])
                .Add($"ou=posix,{Directory.GroupDn(Group)}", ("objectClass", "organizationalUnit"), ("ou", "posix"))
                .Add($"cn=posix,ou=posix,{Directory.GroupDn(Group)}", ("objectClass", "posixGroup"), ("cn", "posix"), ("gidNumber", "5000"),
                    ("memberUid", Person))
                .Add(Directory.GroupDn($"{Group}-unique"), ("objectClass", "groupOfUniqueNames"), ("cn", $"{Group}-unique"),
                    ("uniqueMember", Directory.PersonDn(Person))),
            Ct);

        await AssertNamedAsync(setting.Split(' ')[0], Broken[setting](this, Options));
    }

    protected override async Task<TestDirectory> DirectoryAsync() => await SharedDirectories.SlapdAsync();
}

public sealed class SambaDiagnosticsTests : DiagnosticsTests
{
    public static TheoryData<string> Settings => [.. Broken.Keys];

    private static Dictionary<string, Func<SambaDiagnosticsTests, LdapOptions, LdapOptions>> Broken { get; } = new()
    {
        ["kind"] = (_, right) => right with { Kind = UpstreamKind.Ldap },
        ["caFile"] = (_, right) => right with { CaFile = OtherAuthority() },
        ["plainText"] = (test, right) =>
            right with { Servers = [$"ldap://{test.Directory.Host}:{test.Directory.Port}"], PlainText = PlainText.Everywhere },
        ["bindDn"] = (_, right) => right with { BindDn = "nobody@elsewhere.example" },
        ["bindPasswordFile"] = (_, right) => right with { BindPasswordFile = FileWith("another") },
        ["users.base"] = (test, right) => right with { Users = right.Users with { Base = $"ou=nowhere,{test.Directory.BaseDn}" } },
        ["users.filter"] = (_, right) => right with { Users = right.Users with { Filter = "(objectClass=inetOrgPersonOfOurs)" } },
        ["users.names[0]"] = (_, right) => right with { Users = right.Users with { Names = ["uid"], Username = "sAMAccountName" } },
        ["users.id"] = (_, right) => right with { Users = right.Users with { Id = "entryUUID" } },
        ["groups.base"] = (test, right) => right with { Groups = right.Groups with { Base = test.Directory.OtherPeopleDn } },
        ["groups.filter"] = (_, right) => right with { Groups = right.Groups with { Filter = "(cn=no-group-is-called-this)" } },
        ["groups.name"] = (_, right) => right with { Groups = right.Groups with { Name = "gidNumber" } },
        ["groups.required[0]"] = (_, right) => right with { Groups = right.Groups with { Required = ["no-such-group"] } },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task A_setting_that_is_wrong_is_named(string setting) => await AssertNamedAsync(setting, Broken[setting](this, Options));

    protected override async Task<TestDirectory> DirectoryAsync() => await SharedDirectories.SambaAsync();
}
