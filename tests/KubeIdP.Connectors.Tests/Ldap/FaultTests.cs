using KubeIdP.Connectors.Ldap;
using KubeIdP.Connectors.Tests.Directories;
using KubeIdP.Core.Upstreams;
using KubeIdP.Testing.Directories.Scripted;
using Xunit;

namespace KubeIdP.Connectors.Tests.Ldap;

/// <summary>A directory that fails says nothing about anybody, and is used again as soon as it answers.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private const string Password = "a right good password";

    private Slapd slapd = null!;
    private LdapOptions options = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    // Its own server: these tests stop it and freeze it.
    public async ValueTask InitializeAsync()
    {
        slapd = await Slapd.StartNewAsync(Ct);
        await slapd.AddPersonAsync("alice", Password, Ct);
        options = DirectoryUpstream.OptionsFor(slapd);
    }

    public ValueTask DisposeAsync() => slapd.DisposeAsync();

    [Fact]
    public async Task A_restart_of_the_server_is_not_noticed_by_anybody()
    {
        await using var connector = Connect(options);
        var known = await KnownAsync(connector);
        await LookUpAtOnceAsync();

        await slapd.RestartAsync(Ct);

        await LookUpAtOnceAsync();

        // More than one connection shares, and so all that were in the pool when the server went.
        async Task LookUpAtOnceAsync() =>
            Assert.All(await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => connector.LookUpAsync(known.UpstreamId, Ct))),
                answer => Assert.IsType<UpstreamAnswer.Known>(answer));
    }

    [Fact]
    public async Task A_server_that_closes_idle_connections_is_not_noticed_by_anybody()
    {
        await using var impatient = await Slapd.StartNewAsync("idletimeout 1", Ct);
        await impatient.AddPersonAsync("alice", Password, Ct);
        await using var connector = Connect(DirectoryUpstream.OptionsFor(impatient));
        var known = await KnownAsync(connector);

        var before = impatient.Log.Length;
        while (!impatient.Log[before..].Contains("idletimeout", StringComparison.Ordinal))
            await Task.Delay(TimeSpan.FromMilliseconds(100), Ct);

        Assert.IsType<UpstreamAnswer.Known>(await connector.LookUpAsync(known.UpstreamId, Ct));
        Assert.All(connector.Servers, server => Assert.Equal(UpstreamServerState.Answering, server.State));
    }

    [Fact]
    public async Task A_server_that_is_gone_is_an_outage_and_comes_back_by_itself()
    {
        await using var connector = Connect(options);
        var known = await KnownAsync(connector);

        await slapd.StopAsync();
        var down = await connector.LookUpAsync(known.UpstreamId, Ct);
        await slapd.StartAsync(Ct);
        var up = await connector.LookUpAsync(known.UpstreamId, Ct);

        Assert.IsType<UpstreamAnswer.Unreachable>(down);
        Assert.IsType<UpstreamAnswer.Known>(up);
    }

    [Theory]
    [InlineData(1, 30)]
    [InlineData(30, 2)]
    public async Task A_server_that_hangs_is_an_outage_by_either_time_limit(int each, int whole)
    {
        var time = TimeSpan.FromSeconds(each);
        await using var connector =
            Connect(options with { Times = new() { Connect = time, Bind = time, Search = time, Whole = TimeSpan.FromSeconds(whole) } });
        await slapd.PauseAsync(Ct);

        var answer = await connector.AuthenticateAsync("alice", Password, Ct);

        await slapd.ResumeAsync(Ct);
        Assert.Contains($"within {Math.Min(each, whole)} s", Assert.IsType<UpstreamAnswer.Unreachable>(answer).Detail,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_hangs_repeatedly_is_suspended_and_tried_again_automatically()
    {
        var clock = new KubeIdP.Testing.Time.FakeClock();
        var patient = Connect(options);
        var id = (await KnownAsync(patient)).UpstreamId;
        await patient.DisposeAsync();
        var times = new LdapTimeOptions { Connect = TimeSpan.FromSeconds(5), Bind = TimeSpan.FromSeconds(5),
            Search = TimeSpan.FromSeconds(5), Whole = TimeSpan.FromSeconds(5) };
        await using var connector = (LdapConnector)LdapConnector.Create(new ConnectorId("corp"), options with { Times = times }, [], clock);

        var reported = Follow(connector);

        await slapd.PauseAsync(Ct);
        for (var i = 0; i < 3; i++) await connector.LookUpAsync(id, Ct);
        await slapd.ResumeAsync(Ct);
        var whileSuspended = await connector.LookUpAsync(id, Ct);
        var states = connector.Servers;
        clock.Advance(TimeSpan.FromMinutes(2));
        var afterwards = await connector.LookUpAsync(id, Ct);

        Assert.Contains("No server was asked", Assert.IsType<UpstreamAnswer.Unreachable>(whileSuspended).Detail, StringComparison.Ordinal);
        Assert.IsType<UpstreamAnswer.Known>(afterwards);
        Assert.Equal(UpstreamServerState.Suspended, Assert.Single(states).State);
        Assert.Equal([UpstreamServerState.Failing, UpstreamServerState.Suspended, UpstreamServerState.Answering],
            reported.Select(server => server.State));
        Assert.Contains("within 5 s", reported[1].Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_down_is_skipped_and_reported_once()
    {
        await using var gone = new ScriptedServer(_ => Task.CompletedTask);
        await using var connector = Connect(options with { Servers = [$"ldaps://127.0.0.1:{gone.Port}", .. options.Servers] });
        var states = Follow(connector);

        for (var i = 0; i < 3; i++) Assert.IsType<UpstreamAnswer.Known>(await connector.AuthenticateAsync("alice", Password, Ct));

        Assert.Equal(($"127.0.0.1:{gone.Port}", UpstreamServerState.Failing),
            Assert.Single(states.Select(server => (server.Name, server.State))));
        Assert.Equal([UpstreamServerState.Failing, UpstreamServerState.Answering], connector.Servers.Select(server => server.State));
    }

    [Fact]
    public async Task Characters_of_a_servers_message_that_can_not_be_seen_are_shown_by_their_number()
    {
        await using var server = new ScriptedServer(async client =>
        {
            var request = await client.ReadAsync();
            await client.SendAsync(Say.BindDone(request.Id, code: 52, message: "back\u202eup\nsoon"));
            await client.HangAsync();
        });
        await using var connector = Connect(
            options with { Servers = [$"ldap://127.0.0.1:{server.Port}"], PlainText = PlainText.OnLoopback, CaFile = null });
        var states = Follow(connector);

        var answer = await connector.AuthenticateAsync("alice", Password, Ct);

        Assert.Contains(@"back\u{202E}up soon", Assert.IsType<UpstreamAnswer.Unreachable>(answer).Detail, StringComparison.Ordinal);
        Assert.Contains(@"back\u{202E}up soon", Assert.Single(states).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_refuses_the_service_account_is_suspended_before_it_locks_it_out()
    {
        var wrongPassword = Path.Combine(Path.GetDirectoryName(slapd.AuthorityFile)!, "wrong-password-of-ours");
        await File.WriteAllTextAsync(wrongPassword, "wrong", Ct);
        await using var connector = Connect(options with { BindPasswordFile = wrongPassword });
        var states = Follow(connector);

        for (var i = 0; i < 20; i++) Assert.IsType<UpstreamAnswer.Unreachable>(await connector.AuthenticateAsync("alice", Password, Ct));

        Assert.Equal(UpstreamServerState.Suspended, Assert.Single(states).State);
        Assert.InRange(slapd.Log.Split($"BIND dn=\"{slapd.ReaderDn}\" method=128").Length - 1, 1, 2);
    }

    // The password was changed in the directory, and the new one arrives some minutes later.
    [Fact]
    public async Task A_refused_password_of_the_service_account_is_not_sent_again_until_there_is_another()
    {
        var file = Path.Combine(Path.GetDirectoryName(slapd.AuthorityFile)!, "changed-password-of-ours");
        await File.WriteAllTextAsync(file, "the former one", Ct);
        var clock = new KubeIdP.Testing.Time.FakeClock();
        await using var connector = (LdapConnector)LdapConnector.Create(new ConnectorId("corp"), options with { BindPasswordFile = file },
            [], clock);

        for (var minute = 0; minute < 30; minute++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => connector.LookUpAsync(Guid.NewGuid().ToString(), Ct)));
            Assert.All(answers, answer => Assert.IsType<UpstreamAnswer.Unreachable>(answer));
            clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(1, Tries());
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.IsType<UpstreamAnswer.Unreachable>(await connector.LookUpAsync(Guid.NewGuid().ToString(), Ct));
        Assert.Equal(2, Tries());
        await File.WriteAllTextAsync(file, slapd.ReaderPassword, Ct);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.IsType<UpstreamAnswer.Known>(await connector.AuthenticateAsync("alice", Password, Ct));

        int Tries() => slapd.Log.Split($"BIND dn=\"{slapd.ReaderDn}\" method=128").Length - 1;
    }

    // Each of these makes the directory show nobody. None of it may be taken for "they have all left".
    [Fact]
    public async Task A_wrong_setting_is_an_outage_and_never_makes_anybody_unknown()
    {
        await using var right = Connect(options);
        var id = (await KnownAsync(right)).UpstreamId;
        var wrongPassword = Path.Combine(Path.GetDirectoryName(slapd.AuthorityFile)!, "wrong-password");
        await File.WriteAllTextAsync(wrongPassword, "wrong", Ct);

        LdapOptions[] wrong =
        [
            options with { BindPasswordFile = wrongPassword },
            options with { BindDn = "cn=nobody,dc=kube,dc=test" },
            options with { Users = options.Users with { Base = "ou=nowhere,dc=kube,dc=test" } },
            options with { Groups = new() { Base = "ou=nowhere,dc=kube,dc=test" } },
        ];

        foreach (var each in wrong)
        {
            await using var connector = Connect(each);
            Assert.IsType<UpstreamAnswer.Unreachable>(await connector.LookUpAsync(id, Ct));
            Assert.IsType<UpstreamAnswer.Unreachable>(await connector.AuthenticateAsync("alice", Password, Ct));
        }
    }

    [Fact]
    public async Task A_person_who_no_longer_matches_the_filter_is_not_allowed()
    {
        await using var right = Connect(options);
        var id = (await KnownAsync(right)).UpstreamId;
        await using var narrower = Connect(options with { Users = options.Users with { Filter = "(&(objectClass=person)(sn=other))" } });

        Assert.Equal(new UpstreamAnswer.Refused(Refusal.NotAllowed), await narrower.LookUpAsync(id, Ct));
        Assert.Equal(new UpstreamAnswer.Refused(Refusal.Unknown), await narrower.AuthenticateAsync("alice", Password, Ct));
    }

    [Fact]
    public async Task Groups_within_groups_count_when_asked_for_and_circles_end()
    {
        await slapd.AddGroupAsync("inner", [slapd.PersonDn("alice")], Ct);
        await slapd.AddGroupAsync("middle", [slapd.GroupDn("inner")], Ct);
        await slapd.AddGroupAsync("outer", [slapd.GroupDn("middle")], Ct);
        await slapd.AddMemberAsync("inner", slapd.GroupDn("outer"), Ct);
        await slapd.AddGroupAsync("system:masters", [slapd.PersonDn("alice")], Ct);

        foreach (var source in new[] { GroupSource.Search, GroupSource.MemberOf })
        {
            await using var direct = Connect(options with { Groups = new() { Source = source } });
            await using var nested =
                Connect(options with { Groups = new() { Source = source, Nesting = Nesting.Nested, Prefix = "corp:" } });
            await using var outsiders = Connect(options with { Groups = new() { Source = source, Required = ["OUTER"] } });
            await using var insiders =
                Connect(options with { Groups = new() { Source = source, Nesting = Nesting.Nested,
                    Required = ["cn=Outer, ou=groups,dc=kube,dc=test"] } });

            // Kubernetes' own group is nobody's to give without a prefix.
            Assert.Equal(["inner"], (await KnownAsync(direct)).Groups);
            Assert.Equal(["corp:inner", "corp:middle", "corp:outer", "corp:system:masters"], (await KnownAsync(nested)).Groups);
            Assert.Equal(new UpstreamAnswer.Refused(Refusal.NotAllowed) { IdentityProven = true },
                await outsiders.AuthenticateAsync("alice", Password, Ct));
            await KnownAsync(insiders);
        }
    }

    [Fact]
    public async Task A_name_of_two_people_is_nobodys()
    {
        await slapd.ChangeAsync(new Ldif()
            .Add("uid=alice,ou=moved,dc=kube,dc=test", ("objectClass", "inetOrgPerson"), ("uid", "alice"), ("cn", "Other"), ("sn", "Other"),
                ("userPassword", Password)), Ct);
        await using var connector = Connect(options);

        Assert.Equal(Refusal.Ambiguous,
            Assert.IsType<UpstreamAnswer.Refused>(await connector.AuthenticateAsync("alice", Password, Ct)).Reason);
    }

    [Fact]
    public async Task What_is_typed_reaches_the_server_escaped_and_in_one_search_and_an_empty_password_never()
    {
        await using var connector = Connect(options);
        await connector.AuthenticateAsync("somebody", Password, Ct);
        var before = slapd.Log.Length;

        await connector.AuthenticateAsync("admin)(|(uid=*", Password, Ct);
        await connector.AuthenticateAsync("alice", "", Ct);

        var log = slapd.Log[before..];
        Assert.Contains("(uid=admin\\29\\28|\\28uid=\\2A)", log, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(1, log.Split(" SRCH base=").Length - 1);
        Assert.DoesNotContain(" BIND ", log, StringComparison.Ordinal);
    }

    private static List<UpstreamServer> Follow(LdapConnector connector)
    {
        var states = new List<UpstreamServer>();
        connector.ServerChanged += server =>
        {
            lock (states) states.Add(server);
        };
        return states;
    }

    private static LdapConnector Connect(LdapOptions options) =>
        (LdapConnector)LdapConnector.Create(new ConnectorId("corp"), options, [], TimeProvider.System);

    private static async Task<UpstreamIdentity> KnownAsync(LdapConnector connector)
    {
        var answer = await connector.AuthenticateAsync("alice", Password, Ct);
        return answer is UpstreamAnswer.Known known ? known.Identity : throw new InvalidOperationException($"Not known, but {answer}.");
    }
}
