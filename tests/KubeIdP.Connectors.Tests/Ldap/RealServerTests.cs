using System.Security.Cryptography.X509Certificates;
using KubeIdP.Connectors.Ldap;
using KubeIdP.Connectors.Tests.Directories;
using KubeIdP.Ldap;
using Xunit;

namespace KubeIdP.Connectors.Tests.Ldap;

/// <summary>
/// KubeIdP.Ldap against each of the real servers, which run for the tests of the connectors; each promise holds for all kinds.
/// </summary>
public abstract class RealServerTests(Func<Task<TestDirectory>> directory) : IAsyncLifetime
{
    private TestDirectory server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => server = await directory();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("tls")]
    [InlineData("startTls")]
    public async Task A_bind_and_a_search_over_TLS(string how)
    {
        await using var connection = await ConnectAsync(how == "tls" ? LdapSecurity.Tls : LdapSecurity.StartTls);

        var bound = await connection.BindAsync(server.ReaderDn, server.ReaderPassword, Ct);
        var answer = await connection.SearchAsync(LdapSearch.Entry(server.PeopleDn, "ou"), Ct);

        Assert.True(bound.IsSuccess, bound.ToString());
        Assert.True(answer.IsComplete, answer.Result.ToString());
        Assert.Equal("people", Assert.Single(answer.Entries).Text("ou"));
    }

    [Fact]
    public async Task A_wrong_password_is_an_answer()
    {
        await using var connection = await ConnectAsync(LdapSecurity.Tls);

        var bound = await connection.BindAsync(server.ReaderDn, "wrong", Ct);

        Assert.Equal(LdapResultCode.InvalidCredentials, bound.Code);
    }

    [Fact]
    public async Task A_base_that_is_not_there_is_an_answer()
    {
        await using var connection = await BoundAsync();

        var answer = await connection.SearchAsync(LdapSearch.Entry($"ou=nowhere,{server.BaseDn}", "ou"), Ct);

        Assert.Equal(LdapResultCode.NoSuchObject, answer.Result.Code);
        Assert.False(answer.IsComplete);
    }

    [Fact]
    public async Task A_search_runs_over_its_pages()
    {
        var names = Enumerable.Range(0, 25).Select(i => $"paged-{i:00}").ToList();
        foreach (var name in names) await server.AddGroupAsync(name, [], Ct);
        await using var connection = await BoundAsync(new LdapLimits { PageSize = 10 });

        var answer = await connection.SearchAsync(new LdapSearch(server.GroupsDn, SearchScope.One, LdapFilter.Parse("(cn=paged-*)"), "cn"),
            Ct);

        Assert.True(answer.IsComplete, answer.Result.ToString());
        Assert.Equal(names, answer.Entries.Select(entry => entry.Text("cn")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Many_searches_share_one_connection()
    {
        await using var connection = await BoundAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50)
            .Select(_ => connection.SearchAsync(LdapSearch.Entry(server.PeopleDn, "ou"), Ct)));

        Assert.All(answers, answer => Assert.Equal("people", answer.Entries.Single().Text("ou")));
    }

    [Fact]
    public async Task An_authority_that_did_not_sign_the_certificate_is_named_as_the_reason()
    {
        using var other = new TestAuthority("CN=Somebody else");

        var fault = await Assert.ThrowsAsync<LdapException>(() => ConnectAsync(LdapSecurity.Tls, authorities: other.Certificates));

        Assert.Equal(LdapErrorKind.UnknownAuthority, fault.Kind);
        Assert.Contains("CN=Test directory CA", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_CA_file_the_authorities_of_this_machine_count()
    {
        var fault = await Assert.ThrowsAsync<LdapException>(() => LdapConnection.ConnectAsync(
            new LdapServer(server.Host, server.TlsPort, LdapSecurity.Tls, Authorities: null), DirectoryServers.Network,
            new LdapLimits { Connect = TimeSpan.FromMinutes(1) }, TimeProvider.System, Ct));

        Assert.Contains("this machine trusts", fault.Message, StringComparison.Ordinal);
    }

    private async Task<LdapConnection> BoundAsync(LdapLimits? limits = null)
    {
        var connection = await ConnectAsync(LdapSecurity.Tls, limits);
        Assert.True((await connection.BindAsync(server.ReaderDn, server.ReaderPassword, Ct)).IsSuccess);
        return connection;
    }

    private Task<LdapConnection> ConnectAsync(LdapSecurity security, LdapLimits? limits = null,
        X509Certificate2Collection? authorities = null)
    {
        if (authorities is null) (authorities = []).ImportFromPemFile(server.AuthorityFile);
        var port = security == LdapSecurity.Tls ? server.TlsPort : server.Port;
        var minute = TimeSpan.FromMinutes(1);
        return LdapConnection.ConnectAsync(
            new LdapServer(server.Host, port, security, authorities), DirectoryServers.Network,
            (limits ?? new()) with { Connect = minute, Bind = minute, Search = minute }, TimeProvider.System, Ct);
    }
}

public sealed class SlapdServerTests() : RealServerTests(async () => await SharedDirectories.SlapdAsync());

public sealed class Ds389ServerTests() : RealServerTests(async () => await SharedDirectories.Ds389Async());

public sealed class SambaServerTests() : RealServerTests(async () => await SharedDirectories.SambaAsync());
