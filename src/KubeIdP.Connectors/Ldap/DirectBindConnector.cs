using KubeIdP.Core.Upstreams;

namespace KubeIdP.Connectors.Ldap;

/// <summary>
/// A directory in which we have no account: people sign in to it themselves, and read their own entry and groups. Nobody can be looked up again
/// without their password.
/// </summary>
public sealed class DirectBindConnector : IPasswordConnector, IServedConnector, IAsyncDisposable
{
    private readonly LdapProfile profile;
    private readonly DirectBindName name;
    private readonly PersonReader people;
    private readonly DirectoryServers servers;

    internal DirectBindConnector(ConnectorId id, LdapOptions options, TimeProvider clock)
    {
        profile = LdapProfile.Of(id, options);
        name = DirectBindName.Parse(options.BindAs!)!;
        people = new PersonReader(profile, clock);
        servers = new DirectoryServers(options, profile, clock);
    }

    public ConnectorId Id => profile.Id;

    public IReadOnlyList<UpstreamServer> Servers => servers.States;

    public event Action<UpstreamServer>? ServerChanged
    {
        add => servers.Changed += value;
        remove => servers.Changed -= value;
    }

    public async Task<UpstreamAnswer> AuthenticateAsync(string username, string password, CancellationToken ct)
    {
        if (!TypedName.CanBe(username)) return new UpstreamAnswer.Refused(Refusal.Unknown);
        if (!TypedName.CanBePassword(password)) return new UpstreamAnswer.Refused(Refusal.WrongPassword);

        return await servers.AnswerAsync(asking => servers.OnOwnConnectionAsync(
            async (connection, within) =>
            {
                var bare = people.BareName(username);
                if (BindVerdict.Of(await connection.BindAsync(name.For(bare), password, within)) is { } refused) return refused;

                // The entry that has just signed in, and no other that goes by the same name.
                var found = (await connection.SearchAsync(people.SearchBound(name, bare), within)).Whole("the search for a person");
                if (found is not [var entry]) return LdapConnector.NotOne(found);

                var answer = await people.ReadAsync(entry, connection, within);
                return answer is UpstreamAnswer.Refused late ? late with { PasswordWasRight = true } : answer;
            }, asking), ct);
    }

    public ValueTask DisposeAsync() => servers.DisposeAsync();
}
