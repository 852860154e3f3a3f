using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Tokens;

internal static class TokenRules
{
    // Below this kubectl would spend its time refreshing, and a clock a few seconds off would see no valid token at all.
    private static readonly TimeSpan MinLifetime = TimeSpan.FromSeconds(10);

    public static IEnumerable<SettingsFault> Check(TokenOptions tokens)
    {
        if (tokens.IdTokenLifetime < MinLifetime || tokens.IdTokenLifetime > TokenOptions.MaxLifetime)
            yield return new("tokens.idTokenLifetime", $"{tokens.IdTokenLifetime} is no lifetime for tokens that a cluster can't revoke.",
                $"Choose from {MinLifetime} to {TokenOptions.MaxLifetime}; 00:01:00 is the default.");

        // Below, a person without any groups would not fit; above, servers refuse the header that it travels in.
        if (tokens.MaxIdTokenSize is < 2048 or > 32768)
            yield return new("tokens.maxIdTokenSize", $"{tokens.MaxIdTokenSize} is no size for a token.", "Choose from 2048 to 32768 bytes; 8192 is the default.");
    }
}
