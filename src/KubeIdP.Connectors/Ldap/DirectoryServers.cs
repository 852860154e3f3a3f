using System.Globalization;
using KubeIdP.Core.Naming;
using KubeIdP.Core.Network;
using KubeIdP.Core.Upstreams;
using KubeIdP.Ldap;

namespace KubeIdP.Connectors.Ldap;

/// <summary>The servers of one directory: asks the first that answers, and remembers which did not.</summary>
internal sealed class DirectoryServers : IAsyncDisposable
{
    /// <summary>As everything that this program connects to.</summary>
    public static readonly LdapNetwork Network = new(Outbound.ResolveAsync, Outbound.ConnectAsync, Outbound.FirstAsync);

    private readonly LdapOptions options;
    private readonly LdapLimits limits;
    private readonly TimeProvider clock;
    private readonly ServiceAccount? account;
    private readonly RefusedPasswords refusedPasswords;
    private readonly IReadOnlyList<Server> servers;

    public DirectoryServers(LdapOptions options, LdapProfile profile, TimeProvider clock)
    {
        (this.options, this.clock) = (options, clock);
        account = ServiceAccount.Of(options);
        refusedPasswords = new RefusedPasswords(clock);
        limits = new LdapLimits { Connect = options.Times.Connect, Bind = options.Times.Bind, Search = options.Times.Search };
        servers =
        [
            .. profile.Servers.Select(address => new Server(
                address, new ServerHealth(address.ToString(), clock, server => Changed?.Invoke(server)),
                new ServiceConnections(ct => OpenAsync(address, ct)))),
        ];
    }

    /// <inheritdoc cref="IServedConnector.ServerChanged"/>
    public event Action<UpstreamServer>? Changed;

    /// <inheritdoc cref="IServedConnector.Servers"/>
    public IReadOnlyList<UpstreamServer> States => [.. servers.Select(server => server.Health.Server)];

    /// <summary>
    /// A whole login or look-up. An outage is an answer here; only a bug and a cancellation by the caller are exceptions.
    /// </summary>
    public async Task<UpstreamAnswer> AnswerAsync(Func<TimedRequest, Task<UpstreamAnswer>> ask, CancellationToken ct)
    {
        try
        {
            return await WithinLimitAsync(ask, ct);
        }
        catch (LdapException fault)
        {
            return new UpstreamAnswer.Unreachable(OutsideText.Show(fault.Message)) { MayHaveArrived = fault.MayHaveArrived };
        }
    }

    /// <summary>Anything else, within the same timeout.</summary>
    /// <exception cref="LdapException">There was no answer.</exception>
    public async Task<T> WithinLimitAsync<T>(Func<TimedRequest, Task<T>> ask, CancellationToken ct)
    {
        using var whole = new CancellationTokenSource(options.Times.Whole, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, whole.Token);
        return await ask(new TimedRequest(ct, either.Token));
    }

    /// <summary>On a connection on which the service account has signed in.</summary>
    public Task<T> SearchAsync<T>(Func<LdapConnection, CancellationToken, Task<T>> question, TimedRequest asking) => AskAsync(
        async (server, isAgain, within) =>
        {
            using var lease = await server.Connections.TakeAsync(within);
            try
            {
                return await question(lease.Connection, within);
            }
            catch (LdapException fault)
            {
                // An error is an answer; after anything else nobody knows what state the connection is in.
                lease.IsUnfit = fault.Kind is not (LdapErrorKind.ErrorAnswer or LdapErrorKind.Unavailable or LdapErrorKind.Referral);

                // A server that has restarted since, or closes what is idle. It is there, so it is asked once more.
                if (fault.Kind == LdapErrorKind.Closed && lease.WasThere && !isAgain) throw new StaleConnection();
                throw;
            }
            catch (OperationCanceledException)
            {
                lease.IsUnfit = true;
                throw;
            }
        }, asking);

    /// <summary>On a connection that nobody has signed in on and that is closed afterwards.</summary>
    public Task<T> OnOwnConnectionAsync<T>(Func<LdapConnection, CancellationToken, Task<T>> question, TimedRequest asking) =>
        OnNewConnectionAsync(ConnectAsync, question, asking);

    /// <summary>On a new connection on which the service account has signed in and that is closed afterwards.</summary>
    public Task<T> OnOwnSearchConnectionAsync<T>(Func<LdapConnection, CancellationToken, Task<T>> question, TimedRequest asking) =>
        OnNewConnectionAsync(OpenAsync, question, asking);

    /// <summary>
    /// Signs somebody in with their password, which is sent once: when there is no answer nobody knows whether it was counted as wrong.
    /// </summary>
    public static async Task<LdapResult> BindPersonAsync(LdapConnection connection, string name, string password, TimedRequest asking)
    {
        try
        {
            return await connection.BindAsync(name, password, asking.Within);
        }
        catch (LdapException fault)
        {
            throw new LdapException(fault.Kind, fault.Message, fault) { MayHaveArrived = true };
        }
        catch (OperationCanceledException late) when (!asking.Caller.IsCancellationRequested)
        {
            throw new LdapException(LdapErrorKind.Timeout,
                "The directory did not answer the check of a password within the timeout.", late) { MayHaveArrived = true };
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers) await server.Connections.DisposeAsync();
    }

    /// <summary>A new connection to this server, on which nobody has signed in.</summary>
    public Task<LdapConnection> ConnectAsync(LdapAddress address, CancellationToken ct) =>
        LdapConnection.ConnectAsync(address.ServerOf(options), Network, limits, clock, ct);

    /// <summary>A new connection to this server, on which the service account has signed in.</summary>
    public async Task<LdapConnection> OpenAsync(LdapAddress address, CancellationToken ct)
    {
        var connection = await ConnectAsync(address, ct);
        try
        {
            await SignInAsync(connection, address, ct);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task SignInAsync(LdapConnection connection, LdapAddress address, CancellationToken ct)
    {
        var password = account!.Password();
        if (refusedPasswords.Until(address, password) is { } until)
        {
            throw new LdapException(
                LdapErrorKind.ServiceAccount,
                "The directory refused the password of the service account. Further attempts could lock the account, so the same "
                + $"password is tried again at {until.ToString("HH:mm", CultureInfo.InvariantCulture)} UTC. Write the right password into "
                + "bindPasswordFile, which is used at once; if the file is already right, restart this server.");
        }

        var result = await connection.BindAsync(account.Name, password, ct);
        if (result.Code == LdapResultCode.InvalidCredentials) refusedPasswords.Remember(address, password);
        if (result is { IsSuccess: true, Password: not PasswordState.MustChange }) return;
        if (result.IsSuccess)
            throw new LdapException(LdapErrorKind.ServiceAccount,
                "The directory allows the service account to sign in only to change its password. Change the password there, and write "
                + "the new one into bindPasswordFile.");

        throw result.Code is LdapResultCode.Busy or LdapResultCode.Unavailable
            ? DirectoryAnswer.Fault(result, "the bind of the service account")
            : new LdapException(LdapErrorKind.ServiceAccount,
                $"The directory refuses the login of the service account: {result}. Check bindDn and bindPasswordFile.");
    }

    private Task<T> OnNewConnectionAsync<T>(Func<LdapAddress, CancellationToken, Task<LdapConnection>> open,
        Func<LdapConnection, CancellationToken, Task<T>> question, TimedRequest asking) => AskAsync(
        async (server, again, within) =>
        {
            var connection = await open(server.Address, within);
            try
            {
                return await question(connection, within);
            }
            finally
            {
                // The unbind may take a moment, and the person waits.
                _ = CloseAsync(connection);
            }
        }, asking);

    private async Task<T> AskAsync<T>(Func<Server, bool, CancellationToken, Task<T>> ask, TimedRequest asking)
    {
        LdapException? last = null;
        foreach (var server in servers.OrderBy(server => server.Health.FailedLately ? 1 : 0))
        {
            if (!server.Health.MayAsk()) continue;

            try
            {
                var answer = await AskAsync(server, ask, asking.Within);
                server.Health.Answered();
                return answer;
            }
            catch (LdapException fault) when (fault.Kind is LdapErrorKind.ErrorAnswer or LdapErrorKind.Setting)
            {
                // Another server would say the same.
                server.Health.Answered();
                throw;
            }
            catch (LdapException fault)
            {
                last = fault;
                Remember(server.Health, fault);
                if (fault.MayHaveArrived) throw;
            }
            catch (OperationCanceledException) when (!asking.Caller.IsCancellationRequested)
            {
                var late = new LdapException(LdapErrorKind.Timeout,
                    $"No answer within {options.Times.Whole.TotalSeconds:0.#} s (times.whole); the last server that was asked is "
                        + $"{server.Address.Host}.");
                Remember(server.Health, late);
                throw late;
            }
        }

        throw last ?? new LdapException(LdapErrorKind.NoServer,
            "No server was asked, because all of them failed several times. They are tried again within a minute.");
    }

    private static async Task<T> AskAsync<T>(Server server, Func<Server, bool, CancellationToken, Task<T>> ask, CancellationToken ct)
    {
        try
        {
            return await ask(server, false, ct);
        }
        catch (StaleConnection)
        {
            return await ask(server, true, ct);
        }
    }

    private static void Remember(ServerHealth health, LdapException fault)
    {
        if (fault.Kind == LdapErrorKind.Timeout)
            health.TimedOut(fault.Message);
        else if (fault.Kind == LdapErrorKind.ServiceAccount)
            health.ServiceAccountRefused(fault.Message);
        else
            health.Failed(fault.Message);
    }

    private static async Task CloseAsync(LdapConnection connection) => await connection.DisposeAsync();

    private sealed record Server(LdapAddress Address, ServerHealth Health, ServiceConnections Connections);

    private sealed class StaleConnection : Exception;
}
