using KubeIdP.Connectors.ActiveDirectory;
using KubeIdP.Core.Naming;
using KubeIdP.Core.Upstreams;
using KubeIdP.Ldap;

namespace KubeIdP.Connectors.Ldap;

/// <summary>A directory that a service account searches: the connector checks passwords, and looks people up again without one.</summary>
public sealed class LdapConnector : IPasswordConnector, IRefreshConnector, IPreviewConnector, IServedConnector, IServiceAccountConnector,
    IAsyncDisposable
{
    private readonly LdapProfile profile;
    private readonly PersonReader people;
    private readonly LockOutReader lockOuts;
    private readonly DirectoryServers servers;
    private readonly string serviceAccount;

    internal LdapConnector(ConnectorId id, LdapOptions options, IReadOnlyList<string> foreignPrefixes, TimeProvider clock)
    {
        (profile, serviceAccount) = (LdapProfile.Of(id, options, foreignPrefixes), options.BindDn!);
        people = new PersonReader(profile, clock);
        lockOuts = new LockOutReader(profile, clock);
        servers = new DirectoryServers(options, profile, clock);
    }

    public ConnectorId Id => profile.Id;

    public IReadOnlyList<UpstreamServer> Servers => servers.States;

    public event Action<UpstreamServer>? ServerChanged
    {
        add => servers.Changed += value;
        remove => servers.Changed -= value;
    }

    /// <summary>
    /// The connector for these options, which <see cref="LdapRules"/> has found to be without fault. Opens no connection yet.
    /// </summary>
    /// <param name="foreignPrefixes">
    /// What the names of other upstreams' groups begin with: a group of this one that is called so is left out.
    /// </param>
    /// <returns>One that can also look people up again, unless people are to sign in to the directory directly.</returns>
    public static IPasswordConnector Create(ConnectorId id, LdapOptions options, IReadOnlyList<string> foreignPrefixes,
        TimeProvider clock) =>
        options.BindDn is null
            ? new DirectBindConnector(id, options, foreignPrefixes, clock)
            : new LdapConnector(id, options, foreignPrefixes, clock);

    public async Task<UpstreamAnswer> AuthenticateAsync(string username, string password, Func<TriedAccount, Task<bool>> mayTry,
        CancellationToken ct)
    {
        var unknown = new TriedAccount(Id, null, people.BareName(username));
        if (!TypedName.CanBe(username)) return new UpstreamAnswer.Refused(await mayTry(unknown) ? Refusal.Unknown : Refusal.Delayed);
        if (!TypedName.CanBePassword(password))
            return new UpstreamAnswer.Refused(await mayTry(unknown) ? Refusal.WrongPassword : Refusal.Delayed);

        NamedPeople named;
        LockOut? lockOut;
        try
        {
            (named, lockOut) = await servers.WithinLimitAsync(asking => FindForLoginAsync(username, asking), ct);
        }
        catch (LdapException fault)
        {
            return new UpstreamAnswer.Unreachable(OutsideText.Show(fault.Message));
        }

        // Between the two requests, so that a delay uses up neither of their timeouts.
        if (named.Found is not [var entry]) return await mayTry(unknown) ? named.NotOne() : new UpstreamAnswer.Refused(Refusal.Delayed);
        if (!await mayTry(unknown with { UpstreamId = profile.ImmutableId.KeyOf(entry), LockOut = lockOut }))
            return new UpstreamAnswer.Refused(Refusal.Delayed);

        return await servers.AnswerAsync(async asking =>
        {
            // On a connection of its own: one that the others search on would become this person's.
            var refused = await servers.OnOwnConnectionAsync(async (connection, _) =>
                BindVerdict.Of(await DirectoryServers.BindPersonAsync(connection, entry.Dn, password, asking)), asking);
            if (refused is not null) return named.With(refused);

            var answer = await ReadNamedAsync(entry, asking);
            return named.With(answer is UpstreamAnswer.Refused late ? late with { IdentityProven = true } : answer);
        }, ct);
    }

    public Task<UpstreamAnswer> LookUpAsync(string upstreamId, CancellationToken ct) => servers.AnswerAsync(async asking =>
    {
        var id = profile.ImmutableId.FilterFor(upstreamId)
            ?? throw new LdapException(LdapErrorKind.Setting,
                $"\"{upstreamId}\" is not a value of {profile.ImmutableId.Attribute}: users.id was another attribute at the login.");
        var found = await servers.SearchAsync(async (connection, within) =>
            (await connection.SearchAsync(people.SearchById(id, amongAllowed: true), within)).Present("the look-up of a person"), asking);
        return found switch
        {
            [var entry] when profile.ImmutableId.Of(entry) == upstreamId => await ReadAsync(entry, asking),
            [] or [_] => await ConfirmAbsenceAsync(upstreamId, id, asking),
            _ => throw profile.ImmutableId.NotOne(found, found[0].Dn),
        };
    }, ct);

    public async Task<UpstreamAnswer> PreviewAsync(string username, CancellationToken ct)
    {
        if (!TypedName.CanBe(username)) return new UpstreamAnswer.Refused(Refusal.Unknown);

        return await servers.AnswerAsync(async asking =>
        {
            var named = await FindAsync(username, asking);
            return named.Found is [var entry] ? named.With(await ReadNamedAsync(entry, asking)) : named.NotOne();
        }, ct);
    }

    public IReadOnlyList<string> SettingsFor(Refusal reason) => reason switch
    {
        Refusal.Unknown => ["users.base", "users.filter", "users.names"],
        Refusal.Ambiguous => ["users.names"],
        Refusal.NotAllowed => ["groups.required"],
        _ => [],
    };

    public async Task<DateTimeOffset?> PasswordEndsAtAsync(CancellationToken ct)
    {
        if (!profile.IsActiveDirectory) return null;

        var named = LdapFilter.AnyOf([
            LdapFilter.Equal("userPrincipalName", serviceAccount), LdapFilter.Equal("distinguishedName", serviceAccount),
            LdapFilter.Equal("sAMAccountName", serviceAccount.Split('\\')[^1].Split('@')[0]),
        ]);
        var search = new LdapSearch(ActiveDirectoryDomain.DnAbove(profile.UserBase), SearchScope.Subtree, named, AccountStatus.PasswordEnd);
        try
        {
            var found = await servers.WithinLimitAsync(asking =>
                servers.SearchAsync(async (connection, within) =>
                    (await connection.SearchAsync(search, within)).Whole("the search for the service account"), asking), ct);
            return found is [var account] ? AccountStatus.PasswordEndsAt(account) : null;
        }
        catch (LdapException)
        {
            // Logins and look-ups report an outage.
            return null;
        }
    }

    public ValueTask DisposeAsync() => servers.DisposeAsync();

    private Task<NamedPeople> FindAsync(string username, TimedRequest asking) =>
        servers.SearchAsync((connection, within) => people.FindAsync(username, connection, within), asking);

    private async Task<(NamedPeople Named, LockOut? LockOut)> FindForLoginAsync(string username, TimedRequest asking)
    {
        var named = await FindAsync(username, asking);
        return (named,
            named.Found is [var entry]
                ? await servers.SearchAsync((connection, within) => lockOuts.ReadAsync(entry, connection, within), asking)
                : null);
    }

    private Task<UpstreamAnswer> ReadNamedAsync(LdapEntry entry, TimedRequest asking) =>
        servers.SearchAsync((connection, within) => people.ReadNamedAsync(entry, mustBeFound: true, connection, within), asking);

    private Task<UpstreamAnswer> ReadAsync(LdapEntry entry, TimedRequest asking) =>
        servers.SearchAsync((connection, within) => people.ReadAsync(entry, connection, within), asking);

    /// <summary>
    /// Somebody is gone only when a second look, on a new connection and without the filter, doesn't find them either, and what they were
    /// found in can be read. An account that has lost its rights sees nobody as well. A directory compares by rules of its own: what it
    /// finds may have been given an identity that differs from the old one in case alone, and is somebody else.
    /// </summary>
    private Task<UpstreamAnswer> ConfirmAbsenceAsync(string upstreamId, LdapFilter id, TimedRequest asking) =>
        servers.OnOwnSearchConnectionAsync<UpstreamAnswer>(
        async (connection, within) =>
        {
            var basis = (await connection.SearchAsync(people.SearchForBase(), within)).Present("the search for users.base");
            if (basis.Count == 0)
                throw new LdapException(LdapErrorKind.ErrorAnswer,
                    $"The service account can't read {profile.UserBaseInWords}: see users.base.");

            var found = (await connection.SearchAsync(people.SearchById(id, amongAllowed: false), within))
                .Whole("the second look-up of a person");
            return new UpstreamAnswer.Refused(found.Any(entry => profile.ImmutableId.Of(entry) == upstreamId)
                ? Refusal.NotAllowed
                : Refusal.Unknown);
        }, asking);
}
