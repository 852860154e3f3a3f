using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Tokens;

internal static class TokenRules
{
    // With a shorter lifetime kubectl would refresh all the time, and a machine whose clock is a few seconds off would have no valid token
    // at all.
    private static readonly TimeSpan MinLifetime = TimeSpan.FromSeconds(10);

    public static IEnumerable<SettingsFault> Check(TokenOptions tokens, IReadOnlyDictionary<string, ClusterOptions> clusters,
        IReadOnlyDictionary<string, ClientOptions> clients)
    {
        (string Key, TimeSpan? Lifetime)[] lifetimes =
        [
            ("tokens", tokens.IdTokenLifetime),
            .. clusters.Select(cluster => ($"clusters.{cluster.Key}", cluster.Value.IdTokenLifetime)),
            .. clients.Select(client => ($"clients.{client.Key}", client.Value.IdTokenLifetime)),
        ];
        foreach (var (key, lifetime) in lifetimes)
        {
            if (lifetime < MinLifetime || lifetime > TokenOptions.MaxLifetime)
                yield return new($"{key}.idTokenLifetime",
                    $"{lifetime} is out of range for the lifetime of tokens, which a cluster can't revoke.",
                    $"Choose from {MinLifetime} to {TokenOptions.MaxLifetime}; 00:01:00 is the default.");
        }

        // A smaller limit would not fit even a person without groups; with a larger one, servers refuse the header with the token.
        if (tokens.MaxIdTokenSize is < 2048 or > 32768)
            yield return new("tokens.maxIdTokenSize", $"{tokens.MaxIdTokenSize} is out of range for the size of a token.",
                "Choose from 2048 to 32768 bytes; 8192 is the default.");
    }
}
