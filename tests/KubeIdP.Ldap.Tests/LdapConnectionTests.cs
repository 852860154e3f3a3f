using System.Net;
using System.Net.Sockets;
using System.Text;
using KubeIdP.Testing.Directories;
using KubeIdP.Testing.Directories.Scripted;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Ldap.Tests;

/// <summary>The client against a server that misbehaves.</summary>
public sealed class LdapConnectionTests
{
    private static readonly LdapSearch Everybody = new("dc=test", SearchScope.Subtree, LdapFilter.Anything, "cn");

    // What a test waits for when it waits for a time limit; the others never come near it.
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_empty_password_never_reaches_the_server()
    {
        var heard = new List<Request>();
        await using var server = new ScriptedServer(client => client.ListenAsync(heard.Add));
        await using var connection = await ConnectAsync(server);

        await Assert.ThrowsAsync<ArgumentException>(() => connection.BindAsync("cn=alice", "", Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => connection.BindAsync("", "secret", Ct));

        Assert.Empty(heard);
    }

    [Fact]
    public async Task Answers_in_any_order_find_their_requests()
    {
        await using var server = new ScriptedServer(async client =>
        {
            var requests = new List<Request>();
            while (requests.Count < 20) requests.Add(await client.ReadAsync());
            foreach (var request in requests.AsEnumerable().Reverse())
                await client.SendAsync(Say.Entry(request.Id, NameIn(request)), Say.SearchDone(request.Id));
            await client.HangAsync();
        });
        await using var connection = await ConnectAsync(server);

        var names = Enumerable.Range(0, 20).Select(i => $"cn=person {i:00},dc=test").ToList();
        var answers = await Task.WhenAll(names.Select(name => connection.SearchAsync(LdapSearch.Entry(name, "cn"), Ct)));

        Assert.Equal(names, answers.Select(answer => answer.Entries.Single().Dn));
    }

    [Fact]
    public async Task Pages_are_fetched_to_the_last()
    {
        await using var server = new ScriptedServer(async client =>
        {
            for (var page = 1; page <= 3; page++)
            {
                var request = await client.ReadAsync();
                Assert.True(page == 1 || Encoding.ASCII.GetString(request.Bytes).Contains($"cookie {page - 1}", StringComparison.Ordinal));
                await client.SendAsync(Say.Entry(request.Id, $"cn={page}"),
                    Say.SearchDone(request.Id, cookie: page < 3 ? Encoding.ASCII.GetBytes($"cookie {page}") : []));
            }

            await client.HangAsync();
        });
        await using var connection = await ConnectAsync(server);

        var answer = await connection.SearchAsync(Everybody, Ct);

        Assert.True(answer.IsComplete);
        Assert.Equal(["cn=1", "cn=2", "cn=3"], answer.Entries.Select(entry => entry.Dn));
    }

    [Fact]
    public async Task Values_that_come_in_pieces_are_put_together()
    {
        await using var server = new ScriptedServer(async client =>
        {
            var first = await client.ReadAsync();
            await client.SendAsync(Say.Entry(first.Id, "cn=alice", ("memberOf", []), ("memberOf;range=0-1", ["a", "b"]), ("cn", ["alice"])),
                Say.SearchDone(first.Id));
            var second = await client.ReadAsync();
            Assert.Contains("memberOf;range=2-*", Encoding.ASCII.GetString(second.Bytes), StringComparison.Ordinal);
            await client.SendAsync(Say.Entry(second.Id, "cn=alice", ("memberOf;range=2-3", ["c", "d"])), Say.SearchDone(second.Id));
            var third = await client.ReadAsync();
            await client.SendAsync(Say.Entry(third.Id, "cn=alice", ("memberOf;range=4-*", ["e"])), Say.SearchDone(third.Id));
            await client.HangAsync();
        });
        await using var connection = await ConnectAsync(server);

        var answer = await connection.SearchAsync(new LdapSearch("dc=test", SearchScope.Subtree, LdapFilter.Anything, "memberOf", "cn"),
            Ct);

        var alice = Assert.Single(answer.Entries);
        Assert.Equal(["a", "b", "c", "d", "e"], alice.Texts("memberOf"));
        Assert.Equal(["cn", "memberOf"], alice.Attributes.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_piece_that_does_not_come_is_not_taken_for_the_end()
    {
        await using var server = new ScriptedServer(async client =>
        {
            var first = await client.ReadAsync();
            await client.SendAsync(Say.Entry(first.Id, "cn=alice", ("member;range=0-1", ["a", "b"])), Say.SearchDone(first.Id));
            var second = await client.ReadAsync();
            await client.SendAsync(Say.Entry(second.Id, "cn=alice", ("member", [])), Say.SearchDone(second.Id));
            await client.HangAsync();
        });
        await using var connection = await ConnectAsync(server);

        await AssertFaultAsync(LdapErrorKind.Protocol, () => connection.SearchAsync(Everybody, Ct));
    }

    // RFC 3296: shown as entries, objects that refer to another server leave the answer as it was. What is missing otherwise is no such
    // object.
    [Theory]
    [InlineData("the same", true)]
    [InlineData("the same, and the base refers elsewhere", false)]
    [InlineData("the reference again", false)]
    [InlineData("an entry more", false)]
    [InlineData("an error", false)]
    public async Task A_reference_to_another_server_makes_the_answer_incomplete_unless_it_is_an_object_of_the_directory(string second,
        bool isComplete)
    {
        const string There = "ldap://elsewhere/dc=test";
        await using var server = new ScriptedServer(async client =>
        {
            var request = await client.ReadAsync();
            await client.SendAsync(Say.Entry(request.Id, "cn=alice"), Say.Reference(request.Id, There), Say.SearchDone(request.Id));
            var again = await client.ReadAsync();
            Assert.Contains("2.16.840.1.113730.3.4.2", Encoding.ASCII.GetString(again.Bytes), StringComparison.Ordinal);
            byte[][] more = second switch
            {
                "the reference again" => [Say.Reference(again.Id, There)],
                "an entry more" => [Say.Entry(again.Id, "ou=part")],
                _ => [],
            };
            await client.SendAsync(
                [Say.Entry(again.Id, "cn=alice"), .. more, Say.SearchDone(again.Id, code: second == "an error" ? 51 : 0)]);
            var atBase = await client.ReadAsync();
            await client.SendAsync(
                [second == "the same" ? Say.Entry(atBase.Id, "dc=test") : Say.Reference(atBase.Id, There), Say.SearchDone(atBase.Id)]);
            await client.HangAsync();
        });
        await using var connection = await ConnectAsync(server);

        var answer = await connection.SearchAsync(Everybody, Ct);

        Assert.True(answer.Result.IsSuccess);
        Assert.Equal(["cn=alice"], answer.Entries.Select(entry => entry.Dn));
        Assert.Equal(isComplete, answer.IsComplete);
        Assert.Equal(isComplete ? [] : [There], answer.References);
    }

    // What stands in the control is in hexadecimal: draft-behera-ldap-password-policy-11 §6.2.
    [Theory]
    [InlineData(0, "3000", null)]
    [InlineData(0, "3003810102", "MustChange")]
    [InlineData(0, "3005a003810101", "Expired")]
    [InlineData(0, "3006a00480020e10", null)]
    [InlineData(0, "3008a003810100810102", "MustChange")]
    [InlineData(49, "3003810100", "Expired")]
    [InlineData(49, "3003810101", "Locked")]
    [InlineData(49, "3003810108", null)]
    public async Task What_a_server_says_of_the_password_beside_its_answer_is_read(int code, string control, string? state)
    {
        await using var server = new ScriptedServer(async client =>
        {
            var request = await client.ReadAsync();
            Assert.Contains("1.3.6.1.4.1.42.2.27.8.5.1", Encoding.ASCII.GetString(request.Bytes), StringComparison.Ordinal);
            await client.SendAsync(Say.BindDone(request.Id, code, controls: ("1.3.6.1.4.1.42.2.27.8.5.1", Convert.FromHexString(control))));
            await client.HangAsync();
        });
        await using var connection = await ConnectAsync(server);

        Assert.Equal(state, (await connection.BindAsync("cn=alice", "secret", Ct)).Password?.ToString());
    }

    [Theory]
    [InlineData(0, "MustChange")]
    [InlineData(49, "Expired")]
    public async Task Older_servers_report_it_without_being_asked(int code, string state)
    {
        await using var server = new ScriptedServer(async client =>
        {
            var request = await client.ReadAsync();
            await client.SendAsync(Say.BindDone(request.Id, code, controls: ("2.16.840.1.113730.3.4.4", "0"u8.ToArray())));
            await client.HangAsync();
        });
        await using var connection = await ConnectAsync(server);

        Assert.Equal(state, (await connection.BindAsync("cn=alice", "secret", Ct)).Password?.ToString());
    }

    [Fact]
    public async Task A_server_behind_one_address_that_takes_connections_and_says_nothing_does_not_keep_from_another()
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Issue(["localhost"]);
        await using var server = new ScriptedServer(client => client.HangAsync(), certificate);
        using var hung = new TcpListener(IPAddress.Parse("127.0.0.2"), server.Port);
        hung.Start();
        await using var dead = await BlackHole.OpenAsync("127.0.0.3", server.Port, Ct);

        await using var stream = await Dialling.DialAsync(
            new LdapServer("localhost", server.Port, LdapSecurity.Tls, authority.Certificates),
            [IPAddress.Parse("127.0.0.2"), dead.Address, IPAddress.Loopback],
            ScriptedServer.Network, TimeSpan.FromSeconds(30), TimeProvider.System, Ct);

        Assert.True(stream.CanWrite);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_given_up_and_the_request_abandoned()
    {
        var abandoned = new TaskCompletionSource();
        await using var server = new ScriptedServer(client => client.ListenAsync(request =>
        {
            if (request.Operation == 16) abandoned.TrySetResult();
        }));
        await using var connection = await ConnectAsync(server, new LdapLimits { Search = Short });

        await AssertFaultAsync(LdapErrorKind.Timeout, () => connection.SearchAsync(Everybody, Ct));

        await abandoned.Task.WaitAsync(TimeSpan.FromSeconds(60), Ct);
        Assert.True(connection.IsOpen);
    }

    [Fact]
    public async Task Pages_without_end_are_ended_by_the_time_limit()
    {
        await using var server = new ScriptedServer(client => EndlessAsync(client, id => [Say.SearchDone(id, cookie: [1])]));
        await using var connection = await ConnectAsync(server, new LdapLimits { Search = Short });

        await AssertFaultAsync(LdapErrorKind.Timeout, () => connection.SearchAsync(Everybody, Ct));
    }

    [Fact]
    public async Task A_bind_without_an_answer_ends_the_connection()
    {
        await using var server = new ScriptedServer(client => client.ListenAsync(_ => { }));
        await using var connection = await ConnectAsync(server, new LdapLimits { Bind = Short });

        await AssertFaultAsync(LdapErrorKind.Timeout, () => connection.BindAsync("cn=alice", "secret", Ct));

        Assert.False(connection.IsOpen);
        await Assert.ThrowsAsync<LdapException>(() => connection.SearchAsync(Everybody, Ct));
    }

    [Fact]
    public async Task A_caller_who_leaves_does_not_wait()
    {
        await using var server = new ScriptedServer(client => client.ListenAsync(_ => { }));
        await using var connection = await ConnectAsync(server, new LdapLimits { Search = TimeSpan.FromHours(1) });
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        var search = connection.SearchAsync(Everybody, leaving.Token);
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => search);
        Assert.True(connection.IsOpen);
    }

    [Fact]
    public async Task An_answer_that_comes_too_late_harms_nobody()
    {
        var leave = new TaskCompletionSource();
        await using var server = new ScriptedServer(async client =>
        {
            var first = await client.ReadAsync();
            leave.SetResult();
            Request next;
            while ((next = await client.ReadAsync()).Operation != 3)
            {
                // The abandoning.
            }

            await client.SendAsync(Say.Entry(first.Id, "cn=late"), Say.SearchDone(first.Id), Say.Entry(next.Id, "cn=right"),
                Say.SearchDone(next.Id));
            await client.HangAsync();
        });
        await using var connection = await ConnectAsync(server);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var left = connection.SearchAsync(Everybody, leaving.Token);
        await leave.Task;
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);

        var answer = await connection.SearchAsync(Everybody, Ct);

        Assert.Equal("cn=right", Assert.Single(answer.Entries).Dn);
    }

    [Fact]
    public async Task A_server_that_closes_in_the_middle_of_an_answer_gave_none()
    {
        await using var server = new ScriptedServer(async client =>
        {
            var request = await client.ReadAsync();
            await client.SendAsync(Say.Entry(request.Id, "cn=alice"), Say.Entry(request.Id, "cn=bob")[..9]);
        });
        await using var connection = await ConnectAsync(server);

        await AssertFaultAsync(LdapErrorKind.Closed, () => connection.SearchAsync(Everybody, Ct));

        Assert.False(connection.IsOpen);
    }

    [Fact]
    public async Task A_server_that_closes_an_idle_connection_is_noticed()
    {
        await using var server = new ScriptedServer(_ => Task.CompletedTask);
        await using var connection = await ConnectAsync(server);

        await UntilAsync(() => !connection.IsOpen);
    }

    [Fact]
    public async Task An_unsolicited_notice_ends_the_connection_with_the_servers_words()
    {
        await using var server = new ScriptedServer(async client =>
        {
            await client.ReadAsync();
            await client.SendAsync(Say.Notice("going down for lunch"));
            await client.HangAsync();
        });
        await using var connection = await ConnectAsync(server);

        var fault = await AssertFaultAsync(LdapErrorKind.Closed, () => connection.SearchAsync(Everybody, Ct));

        Assert.Contains("going down for lunch", fault.Message, StringComparison.Ordinal);
        Assert.False(connection.IsOpen);
    }

    [Theory]
    [InlineData(99)]
    [InlineData(int.MaxValue)]
    public async Task An_answer_to_a_request_that_nobody_made_ends_the_connection(int id)
    {
        await using var server = new ScriptedServer(async client =>
        {
            await client.ReadAsync();
            await client.SendAsync(Say.Entry(id, "cn=forged"), Say.SearchDone(id));
            await client.HangAsync();
        });
        await using var connection = await ConnectAsync(server);

        await AssertFaultAsync(LdapErrorKind.Protocol, () => connection.SearchAsync(Everybody, Ct));
    }

    [Fact]
    public async Task A_search_is_no_answer_to_a_bind()
    {
        await using var server = new ScriptedServer(async client =>
        {
            var request = await client.ReadAsync();
            await client.SendAsync(Say.SearchDone(request.Id));
            await client.HangAsync();
        });
        await using var connection = await ConnectAsync(server);

        await AssertFaultAsync(LdapErrorKind.Protocol, () => connection.BindAsync("cn=alice", "secret", Ct));
    }

    [Fact]
    public async Task A_message_is_refused_by_its_length_before_it_comes()
    {
        await using var server = new ScriptedServer(async client =>
        {
            await client.ReadAsync();
            await client.SendAsync([0x30, 0x84, 0x7F, 0xFF, 0xFF, 0xFF]);
            await client.HangAsync();
        });
        await using var connection = await ConnectAsync(server);

        await AssertFaultAsync(LdapErrorKind.TooLarge, () => connection.SearchAsync(Everybody, Ct));
    }

    [Fact]
    public async Task Entries_without_end_are_ended_by_their_number()
    {
        await using var server = new ScriptedServer(client =>
            EndlessAsync(client, id => Enumerable.Repeat(Say.Entry(id, "cn=again"), 100)));
        await using var connection = await ConnectAsync(server);

        await AssertFaultAsync(LdapErrorKind.TooLarge, () => connection.SearchAsync(Everybody with { MaxEntries = 50 }, Ct));
    }

    [Fact]
    public async Task Entries_without_end_are_ended_by_their_size()
    {
        await using var server = new ScriptedServer(client =>
            EndlessAsync(client,
                id => Enumerable.Repeat(Say.Entry(id, "cn=again", ("cn", [new string('x', 10_000)])), 10)
                    .Append(Say.SearchDone(id, cookie: [1]))));
        await using var connection = await ConnectAsync(server, new LdapLimits { AnswerBytes = 1_000_000 });

        await AssertFaultAsync(LdapErrorKind.TooLarge, () => connection.SearchAsync(Everybody, Ct));
    }

    [Fact]
    public async Task Nobody_listening_is_said_with_the_address()
    {
        var server = new ScriptedServer(_ => Task.CompletedTask);
        var address = server.Address;
        await server.DisposeAsync();

        var fault = await AssertFaultAsync(LdapErrorKind.ConnectFailed, () => ConnectAsync(address));

        Assert.Contains(address.ToString(), fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_without_an_address_is_said()
    {
        var fault = await AssertFaultAsync(LdapErrorKind.NameNotResolved,
            () => ConnectAsync(new LdapServer("directory.invalid", 636, LdapSecurity.Tls, null)));

        Assert.Contains("directory.invalid", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_hangs_in_the_handshake_is_given_up()
    {
        await using var server = new ScriptedServer(client => client.HangAsync());

        await AssertFaultAsync(LdapErrorKind.Timeout,
            () => ConnectAsync(server.Address with { Security = LdapSecurity.Tls }, new LdapLimits { Connect = Short }));
    }

    [Theory]
    [InlineData("untrusted")]
    [InlineData("expired")]
    [InlineData("other.name")]
    [InlineData("address as a name")]
    public async Task A_certificate_that_is_wrong_is_refused_with_the_reason(string wrong)
    {
        using var trusted = new TestAuthority();
        using var other = new TestAuthority("CN=Somebody else");
        using var certificate = wrong switch
        {
            "untrusted" => other.Issue(["127.0.0.1"]),
            "expired" => trusted.Issue(["127.0.0.1"], DateTimeOffset.UtcNow.AddDays(-2)),
            "address as a name" => trusted.Issue(["DNS:127.0.0.1"]),
            _ => trusted.Issue(["other.name"]),
        };
        await using var server = new ScriptedServer(client => client.HangAsync(), certificate);

        var fault = await AssertFaultAsync(wrong == "untrusted" ? LdapErrorKind.UnknownAuthority : LdapErrorKind.Certificate,
            () => ConnectAsync(server.Address with { Authorities = trusted.Certificates }));

        Assert.Contains(
            wrong switch
            {
                "untrusted" => "its issuer, CN=Somebody else, is not among the authorities that the CA file contains",
                "expired" => "CN=directory server is valid from",
                "address as a name" => "it has 127.0.0.1 as a DNS name, but an IP address must be in an entry of the type IP",
                _ => "it is for other.name, not for 127.0.0.1",
            },
            fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_sent_before_TLS_begins_is_not_taken_for_an_answer()
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Issue(["127.0.0.1"]);
        await using var server = new ScriptedServer(async client =>
        {
            var request = await client.ReadAsync();
            await client.SendAsync(Say.Done(request.Id, 24), Say.BindDone(2));
            await client.BeginTlsAsync(certificate);
        });

        await AssertFaultAsync(LdapErrorKind.Protocol,
            () => ConnectAsync(server.Address with { Security = LdapSecurity.StartTls, Authorities = authority.Certificates }));
    }

    [Fact]
    public async Task A_server_that_will_not_start_TLS_gets_no_password()
    {
        await using var server = new ScriptedServer(async client =>
        {
            var request = await client.ReadAsync();
            await client.SendAsync(Say.Done(request.Id, 24, 2, "no such thing here"));
            await client.HangAsync();
        });

        var fault = await AssertFaultAsync(LdapErrorKind.Tls, () => ConnectAsync(server.Address with { Security = LdapSecurity.StartTls }));

        Assert.Contains("no such thing here", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Closing_sends_an_unbind_and_does_not_wait_for_a_server_that_hangs()
    {
        var unbound = new TaskCompletionSource();
        await using var server = new ScriptedServer(client => client.ListenAsync(request =>
        {
            if (request.Operation == 2) unbound.TrySetResult();
        }));
        var connection = await ConnectAsync(server);
        var search = connection.SearchAsync(Everybody, Ct);

        await connection.DisposeAsync();

        await AssertFaultAsync(LdapErrorKind.Closed, () => search);
        await unbound.Task.WaitAsync(TimeSpan.FromSeconds(60), Ct);
    }

    private static Task<LdapConnection> ConnectAsync(ScriptedServer server, LdapLimits? limits = null) =>
        ConnectAsync(server.Address, limits);

    // Generous, but for the limit that a test is about: the machine may be slow.
    private static Task<LdapConnection> ConnectAsync(LdapServer server, LdapLimits? limits = null)
    {
        var given = limits ?? new LdapLimits();
        var defaults = new LdapLimits();
        var minute = TimeSpan.FromMinutes(1);
        return LdapConnection.ConnectAsync(server, ScriptedServer.Network, given with
        {
            Connect = given.Connect == defaults.Connect ? minute : given.Connect,
            Bind = given.Bind == defaults.Bind ? minute : given.Bind,
            Search = given.Search == defaults.Search ? minute : given.Search,
        }, TimeProvider.System, Ct);
    }

    private static async Task<LdapException> AssertFaultAsync(LdapErrorKind kind, Func<Task> work)
    {
        var fault = await Assert.ThrowsAsync<LdapException>(work);
        Assert.Equal(kind, fault.Kind);
        return fault;
    }

    private static async Task EndlessAsync(Conversation client, Func<int, IEnumerable<byte[]>> answer)
    {
        while (true)
        {
            var request = await client.ReadAsync();
            if (request.Operation == 3) await client.SendAsync(answer(request.Id));
        }
    }

    private static string NameIn(Request request)
    {
        var text = Encoding.ASCII.GetString(request.Bytes);
        var start = text.IndexOf("cn=person", StringComparison.Ordinal);
        return text.Substring(start, "cn=person 00,dc=test".Length);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition()) await Task.Delay(20, Ct);
    }
}
