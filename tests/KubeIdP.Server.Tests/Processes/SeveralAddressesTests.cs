using System.Net;
using System.Net.Sockets;
using KubeIdP.Core.Network;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Runtime;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Mail;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using Npgsql;
using Xunit;

namespace KubeIdP.Server.Tests.Processes;

/// <summary>Names with several addresses of which one answers nobody.</summary>
public sealed class SeveralAddressesTests
{
    private const string Live = "127.0.0.2";
    private const string TwoAddresses = "127.0.0.1 localhost\n127.0.0.2 localhost\n";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_unreachable_address_blocks_no_directory_no_mail_server_and_no_database()
    {
        await using var slapd = await Slapd.StartNewAsync(Ct);
        await slapd.AddPersonAsync("alice", "Of-The-Directory-1", Ct);
        await using var mail = new MailServer();
        var database = new NpgsqlConnectionStringBuilder(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync(Ct));
        await using var toSlapd = new Forwarder(Live, new IPEndPoint(IPAddress.Loopback, slapd.TlsPort));
        await using var toMail = new Forwarder(Live, new IPEndPoint(IPAddress.Loopback, mail.Port));
        await using var toDatabase = new Forwarder(Live, new UnixDomainSocketEndPoint($"{database.Host}/.s.PGSQL.5432"));
        await using var deadDirectory = await BlackHole.OpenAsync("127.0.0.1", toSlapd.Port, Ct);
        await using var deadMail = await BlackHole.OpenAsync("127.0.0.1", toMail.Port, Ct);
        await using var deadDatabase = await BlackHole.OpenAsync("127.0.0.1", toDatabase.Port, Ct);
        await using var issuer = new IssuerProcess($$"""
            listen: ["https://127.0.0.1:{{Ports.Free()}}"]
            masterKeyFile: {{Replicas.NewMasterKey()}}
            database: { postgres: "Host=localhost;Port={{toDatabase.Port}};Username=postgres;Database={{database.Database}}" }
            smtp: { server: "smtp://localhost:{{toMail.Port}}", from: idp@example.test, caFile: {{mail.AuthorityFile}},
              username: {{MailServer.Username}}, password: {{MailServer.Password}} }
            upstreams:
              corp:
                kind: ldap
                servers: ["ldaps://localhost:{{toSlapd.Port}}"]
                caFile: {{slapd.AuthorityFile}}
                bindDn: {{slapd.ReaderDn}}
                bindPassword: {{slapd.ReaderPassword}}
                users: { base: "{{slapd.PeopleDn}}" }
                groups: { source: none }
                times: { connect: "00:00:10", bind: "00:00:20", search: "00:00:20", whole: "00:00:30" }
            """) { Program = WithHosts(TwoAddresses) };

        var outcome = await issuer.RunAsync(["check", "--connect", "--user", "alice"], ct: Ct);

        Assert.Contains("the schema is current", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("accepts email messages from this server", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("upstreams.corp.login: alice, ", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("Of the 2 addresses of localhost, 127.0.0.1 can't be used", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unreachable_address_keeps_no_client_from_being_notified()
    {
        const string Secret = "a-secret-that-only-tests-know-0123456789";
        const string Redirect = "https://app.example.test/callback";
        var authority = new TestAuthority();
        await using var web = await LogoutReceiver.StartAsync(authority, Ct);
        await using var toWeb = new Forwarder(Live, new IPEndPoint(IPAddress.Loopback, web.Address.Port));
        await using var dead = await BlackHole.OpenAsync("127.0.0.1", toWeb.Port, Ct);
        var (authorityFile, port) = ($"{Scratch.NewFolder("kubeidp-client-")}/ca.pem", Ports.Free());
        await File.WriteAllTextAsync(authorityFile, authority.Pem, Ct);
        await using var issuer = new IssuerProcess($$"""
            issuer: https://localhost:{{port}}
            listen: ["https://127.0.0.1:{{port}}"]
            backChannelLogout: { networks: [127.0.0.0/8], caFile: {{authorityFile}} }
            clients:
              web: { kind: web, redirectUris: ["{{Redirect}}"], secretHash: "{{ClientSecret.HashOf(Secret)}}",
                backChannelLogoutUri: "https://localhost:{{toWeb.Port}}{{web.Address.AbsolutePath}}" }
            """) { Program = WithHosts(TwoAddresses) };
        await issuer.StartAsync(Ct);
        using var browser = issuer.CreateBrowser();
        using var application = issuer.CreateClient("web", Redirect, Secret);
        await application.LogInAsync(browser, await issuer.AddAccountAsync("alice", Ct), Ct);

        (await issuer.RunAsync(["sessions", "revoke", "--all", "--yes"], ct: Ct)).Succeeded();

        Assert.Single(await web.WaitAsync(1, Ct));
    }

    [Fact]
    public async Task An_unreachable_address_blocks_no_client_and_a_private_one_blocks_all()
    {
        using var client = new TcpListener(IPAddress.Parse(Live), 0);
        client.Start();
        var port = ((IPEndPoint)client.LocalEndpoint).Port;
        await using var dead = await BlackHole.OpenAsync("127.0.0.1", port, Ct);
        IPAddress[] addresses = [dead.Address, IPAddress.Parse(Live)];

        await using var stream = await OutboundHttp.ConnectAsync("client.test", addresses, port, [AddressRange.Parse("127.0.0.0/8")!.Value],
            TimeProvider.System, Ct);

        Assert.Equal(Live, ((IPEndPoint)((NetworkStream)stream).Socket.RemoteEndPoint!).Address.ToString());
        await Assert.ThrowsAsync<AddressNotAllowed>(() =>
            OutboundHttp.ConnectAsync("client.test", addresses, port, [AddressRange.Parse("127.0.0.2/32")!.Value], TimeProvider.System,
                Ct));
    }

    /// <summary>The program as it was built, on a machine whose names are these.</summary>
    private static Func<IssuerProcess, IReadOnlyList<string>> WithHosts(string hosts) => issuer =>
    {
        var file = Path.Combine(issuer.Folder, "hosts");
        File.WriteAllText(file, hosts);
        return [Programs.Required("/usr/bin/bwrap"), "--dev-bind", "/", "/", "--ro-bind", file, "/etc/hosts", "--die-with-parent",
            IssuerProcess.DotnetHost, IssuerProcess.ServerDll];
    };
}
