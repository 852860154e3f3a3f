using KubeIdP.Cli.Network;
using KubeIdP.Cli.Store;

namespace KubeIdP.Cli.SignIn;

/// <summary>What a finished sign-in has given.</summary>
/// <param name="Asked">Before the token endpoint was asked.</param>
internal sealed record SignedIn(TokenAnswer Tokens, IdToken Id, Moment Asked)
{
    /// <exception cref="CommandFault">The answer lacks what was asked for.</exception>
    public StoredGrant Grant(string issuer) => GrantOf(Tokens, Asked, Tokens.RefreshToken, issuer);

    /// <param name="refreshToken">That of the answer, or the former one where the server keeps it.</param>
    /// <exception cref="CommandFault">The answer lacks what was asked for.</exception>
    public static StoredGrant GrantOf(TokenAnswer tokens, Moment asked, string? refreshToken, string issuer) =>
        tokens.AccessToken is { Length: > 0 } accessToken && refreshToken is { Length: > 0 }
            ? new StoredGrant
            {
                AccessToken = accessToken, RefreshToken = refreshToken,

                // RFC 6749 §5.1 recommends to state the lifetime. Whoever does not gets a token that is used once.
                Life = Lifespan.From(asked, StatedTime.Of(tokens.ExpiresIn)),
            }
            : throw new CommandFault($"{issuer} answered without the tokens that kubeidp needs. Ask an administrator about its client.");
}
