using KubeIdP.Core.Upstreams;

namespace KubeIdP.Connectors.Ldap;

/// <summary>
/// A directory without a service account: people bind themselves, and read their own entry and groups. Nobody can be looked up
/// again without their password.
/// </summary>
public sealed class DirectBindConnector : IPasswordConnector, IServedConnector, IAsyncDisposable
{
    private readonly LdapProfile profile;
    private readonly DirectBindName name;
    private readonly PersonReader people;
    private readonly DirectoryServers servers;
    private readonly LockOut? lockOut;

    internal DirectBindConnector(ConnectorId id, LdapOptions options, IReadOnlyList<string> foreignPrefixes, TimeProvider clock)
    {
        profile = LdapProfile.Of(id, options, foreignPrefixes);
        name = DirectBindName.Parse(options.BindAs!)!;
        people = new PersonReader(profile, clock);
        servers = new DirectoryServers(options, profile, clock);

        // Active Directory knows one account by two such names, the principal name and the old one: together they must not lock it.
        lockOut = LockOutReader.WithoutReading(profile.LockOut) is not { } known
            ? null
            : name.IsDn ? known : known with { MaxFailures = (known.MaxFailures + 1) / 2 };
    }

    public ConnectorId Id => profile.Id;

    public IReadOnlyList<UpstreamServer> Servers => servers.States;

    public event Action<UpstreamServer>? ServerChanged
    {
        add => servers.Changed += value;
        remove => servers.Changed -= value;
    }

    public async Task<UpstreamAnswer> AuthenticateAsync(string username, string password, Func<TriedAccount, Task<bool>> mayTry,
        CancellationToken ct)
    {
        var bare = people.BareName(username);
        var tried = new TriedAccount(Id, null, bare) { LockOut = lockOut };
        var refusal = !TypedName.CanBe(username)
            ? Refusal.Unknown
            : !TypedName.CanBePassword(password) ? Refusal.WrongPassword : (Refusal?)null;

        // What is not sent to the directory counts for nothing there.
        if (!await mayTry(refusal is null ? tried : tried with { LockOut = null })) return new UpstreamAnswer.Refused(Refusal.Delayed);
        if (refusal is { } reason) return new UpstreamAnswer.Refused(reason);

        return await servers.AnswerAsync(asking => servers.OnOwnConnectionAsync(
            async (connection, within) =>
            {
                if (BindVerdict.Of(await DirectoryServers.BindPersonAsync(connection, name.For(bare), password, asking)) is { } refused)
                    return refused;

                var named = await people.FindBoundAsync(name, bare, connection, within);
                if (named.Found is not [var entry]) return named.NotOne();

                // Which of several the directory let in, only the password says: the entry that has signed in, and no other that goes by
                // the same name. For that other one it is a wrong password.
                if (named.Remark is not null)
                {
                    if (!await mayTry(tried with { UpstreamId = profile.ImmutableId.KeyOf(entry) }))
                        return named.With(new UpstreamAnswer.Refused(Refusal.Ambiguous));
                    if (BindVerdict.Of(await DirectoryServers.BindPersonAsync(connection, entry.Dn, password, asking)) is not null)
                        return named.With(new UpstreamAnswer.Refused(Refusal.Ambiguous));
                }

                var answer = await people.ReadNamedAsync(entry, mustBeFound: false, connection, within);
                return named.With(answer is UpstreamAnswer.Refused late ? late with { IdentityProven = true } : answer);
            }, asking), ct);
    }

    public ValueTask DisposeAsync() => servers.DisposeAsync();
}
