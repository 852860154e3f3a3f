using KubeIdP.Connectors.Ldap;
using KubeIdP.Connectors.Tests.Directories;
using KubeIdP.Core.Upstreams;
using Xunit;

namespace KubeIdP.Connectors.Tests.Ldap;

/// <summary>Whatever an administrator takes for the identity, two entries are never one person.</summary>
public sealed class IdentityTests
{
    private const string Password = "a right good password";

    private readonly string alice = $"alice-{Guid.NewGuid().ToString("N")[..8]}";
    private readonly string bob = $"bob-{Guid.NewGuid().ToString("N")[..8]}";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("FFFE01", "FEFF01")]
    [InlineData("C3", "C328")]
    [InlineData("00", "0000")]
    [InlineData("EFBFBD", "FF")]
    [InlineData("30786666", "FF")]
    public async Task Bytes_that_are_no_text_tell_two_people_apart_and_find_them_again(string ofAlice, string ofBob)
    {
        var slapd = await StartAsync();
        await GiveAsync(slapd, alice, "testBytes", Unique(ofAlice));
        await GiveAsync(slapd, bob, "testBytes", Unique(ofBob));
        await using var connector = Connect(slapd, new() { Id = "testBytes" });

        var (first, second) = (await KnownAsync(connector, alice), await KnownAsync(connector, bob));

        Assert.NotEqual(first.UpstreamId, second.UpstreamId);
        Assert.Equal(alice, (await LookUpAsync(connector, first)).Username);
        Assert.Equal(bob, (await LookUpAsync(connector, second)).Username);
    }

    [Fact]
    public async Task A_SID_tells_the_accounts_of_a_domain_apart_and_finds_them_again()
    {
        var domain = await SharedDirectories.SambaAsync();
        string[] names = [alice, bob, $"{alice}-2"];
        foreach (var name in names) await domain.AddPersonAsync(name, Password, Ct);
        await domain.AddGroupAsync($"{alice}-group", [domain.PersonDn(alice)], Ct);
        await using var connector = Connect(domain, new() { Id = "objectSid", Names = ["sAMAccountName", "objectSid"] },
            new() { Name = "objectSid" });

        var known = new List<UpstreamIdentity>();
        foreach (var name in names) known.Add(await KnownAsync(connector, name));

        Assert.All(known, person => Assert.StartsWith("S-1-5-21-", person.UpstreamId, StringComparison.Ordinal));
        Assert.Equal(names.Length, known.Select(person => person.UpstreamId).Distinct().Count());
        foreach (var person in known) Assert.Equal(person.Username, (await LookUpAsync(connector, person)).Username);
        Assert.Equal(bob, (await KnownAsync(connector, known[1].UpstreamId)).Username);
        Assert.All(known[0].Groups, group => Assert.StartsWith("S-1-5-", group, StringComparison.Ordinal));
        Assert.Equal(known[1].Groups.Count + 1, known[0].Groups.Count);
    }

    [Theory]
    [InlineData("4711", "4711")]
    [InlineData("e-1", "E-1")]
    public async Task Two_entries_with_one_identity_are_nobody_and_the_attribute_is_named(string ofAlice, string ofBob)
    {
        var slapd = await StartAsync();
        var number = Guid.NewGuid().ToString("N")[..8];
        await GiveAsync(slapd, alice, "employeeNumber", Utf8($"{ofAlice}-{number}"));
        await using var connector = Connect(slapd, new() { Id = "employeeNumber" });
        var before = await KnownAsync(connector, alice);

        await GiveAsync(slapd, bob, "employeeNumber", Utf8($"{ofBob}-{number}"));

        foreach (var answer in new[] { await connector.AuthenticateAsync(alice, Password, Ct),
            await connector.AuthenticateAsync(bob, Password, Ct), await connector.PreviewAsync(bob, Ct),
            await connector.LookUpAsync(before.UpstreamId, Ct) })
            AssertRefused(answer, "employeeNumber", "users.id");
    }

    // The directory takes the two for one, and finds bob by the identity of alice.
    [Fact]
    public async Task An_identity_that_differs_from_that_of_a_former_person_only_in_case_is_another_person()
    {
        var slapd = await StartAsync();
        var number = Guid.NewGuid().ToString("N");
        await GiveAsync(slapd, alice, "employeeNumber", Utf8($"e-{number}"));
        await using var connector = Connect(slapd, new() { Id = "employeeNumber" });
        var before = await KnownAsync(connector, alice);

        await slapd.DeleteAsync(slapd.PersonDn(alice), Ct);
        await GiveAsync(slapd, bob, "employeeNumber", Utf8($"E-{number}"));

        Assert.Equal(new UpstreamAnswer.Refused(Refusal.Unknown), await connector.LookUpAsync(before.UpstreamId, Ct));
        Assert.Equal(bob, (await LookUpAsync(connector, await KnownAsync(connector, bob))).Username);
    }

    // It has no rule of equality (RFC 4519 §2.12), so no search ever finds anybody by it.
    [Fact]
    public async Task An_identity_by_which_nobody_is_found_again_lets_nobody_in()
    {
        var slapd = await StartAsync();
        await GiveAsync(slapd, alice, "facsimileTelephoneNumber", Utf8("+49 30 1"));
        await using var connector = Connect(slapd, new() { Id = "facsimileTelephoneNumber" });

        AssertRefused(await connector.AuthenticateAsync(alice, Password, Ct), "facsimileTelephoneNumber", "users.id");
    }

    [Fact]
    public async Task An_identity_with_several_values_or_a_long_one_lets_nobody_in()
    {
        var slapd = await StartAsync();
        await GiveAsync(slapd, alice, "testBytes", [1], [2]);
        await GiveAsync(slapd, bob, "testBytes", new byte[500]);
        await using var connector = Connect(slapd, new() { Id = "testBytes" });

        AssertRefused(await connector.AuthenticateAsync(alice, Password, Ct), "testBytes", "2 of them");
        AssertRefused(await connector.AuthenticateAsync(bob, Password, Ct), "testBytes", "500 bytes");
    }

    [Fact]
    public async Task A_name_of_bytes_that_are_no_text_lets_nobody_in()
    {
        var slapd = await StartAsync();
        await GiveAsync(slapd, alice, "testBytes", Unique("FF"));
        await using var connector = Connect(slapd, new() { Names = ["uid"], Username = "testBytes" });

        AssertRefused(await connector.AuthenticateAsync(alice, Password, Ct), "testBytes", "users.username");
    }

    [Fact]
    public async Task People_who_bind_themselves_are_distinguished_as_well()
    {
        var slapd = await StartAsync();
        var number = Utf8(Guid.NewGuid().ToString("N"));
        await GiveAsync(slapd, alice, "employeeNumber", number);
        var options = DirectoryUpstream.OptionsFor(slapd) with { BindDn = null, BindPasswordFile = null,
            BindAs = $"uid={{username}},{slapd.PeopleDn}" };
        var connector = LdapConnector.Create(new ConnectorId("corp"), options with { Users = options.Users with { Id = "employeeNumber" } },
            [], TimeProvider.System);
        await using var disposal = (IAsyncDisposable)connector;
        Assert.IsType<UpstreamAnswer.Known>(await connector.AuthenticateAsync(alice, Password, Ct));

        await GiveAsync(slapd, bob, "employeeNumber", number);

        AssertRefused(await connector.AuthenticateAsync(bob, Password, Ct), "employeeNumber", "users.id");
    }

    private static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    /// <summary>The same bytes in each test, on a server that they share.</summary>
    private byte[] Unique(string hex) => [.. Convert.FromHexString(hex), .. Utf8(alice)];

    private static void AssertRefused(UpstreamAnswer answer, params string[] named)
    {
        var detail = Assert.IsType<UpstreamAnswer.Unreachable>(answer).Detail;
        Assert.All(named, one => Assert.Contains(one, detail, StringComparison.Ordinal));
    }

    private static LdapConnector Connect(TestDirectory directory, LdapUserOptions users, LdapGroupOptions? groups = null) =>
        (LdapConnector)LdapConnector.Create(
        new ConnectorId("corp"),
        DirectoryUpstream.OptionsFor(directory) with { Users = users with { Base = directory.BaseDn }, Groups = groups ?? new() }, [],
        TimeProvider.System);

    private static async Task<UpstreamIdentity> KnownAsync(LdapConnector connector, string name) =>
        await connector.AuthenticateAsync(name, Password, Ct) is UpstreamAnswer.Known known
            ? known.Identity
            : throw new InvalidOperationException($"{name} is {await connector.AuthenticateAsync(name, Password, Ct)}.");

    private static async Task<UpstreamIdentity> LookUpAsync(LdapConnector connector, UpstreamIdentity known) =>
        Assert.IsType<UpstreamAnswer.Known>(await connector.LookUpAsync(known.UpstreamId, Ct)).Identity;

    private static Task GiveAsync(Slapd slapd, string name, string attribute, params byte[][] values) => slapd.ChangeAsync(
        new Ldif().Modify(slapd.PersonDn(name), "add", "objectClass", "testEntry").Modify(slapd.PersonDn(name), "add", attribute, values),
        Ct);

    private async Task<Slapd> StartAsync()
    {
        var slapd = await SharedDirectories.SlapdAsync();
        await slapd.AddPersonAsync(alice, Password, Ct);
        await slapd.AddPersonAsync(bob, Password, Ct);
        return slapd;
    }
}
