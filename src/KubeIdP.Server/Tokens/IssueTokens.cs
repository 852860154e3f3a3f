using KubeIdP.Server.Configuration;
using KubeIdP.Server.Keys;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace KubeIdP.Server.Tokens;

/// <summary>The steps from a used grant to its tokens, in the order in which OpenIddict runs them.</summary>
internal static class IssueTokens
{
    /// <summary>
    /// Fail closed: OpenIddict presets the principal of a redeemed token, and would issue tokens by itself if no grant type had approved
    /// it.
    /// </summary>
    public sealed class RequireSubject : IOpenIddictServerHandler<ProcessSignInContext>
    {
        public ValueTask HandleAsync(ProcessSignInContext context) =>
            context.EndpointType is OpenIddictServerEndpointType.Token && IssuedSubject.Of(context.Transaction) is null
                ? throw new InvalidOperationException("A token was about to be issued without the approval of a grant type.")
                : default;
    }

    /// <summary>
    /// Adds a refresh token to the answer if the subject gets one.
    /// </summary>
    public sealed class DecideRefreshToken : IOpenIddictServerHandler<ProcessSignInContext>
    {
        public ValueTask HandleAsync(ProcessSignInContext context)
        {
            if (IssuedSubject.Of(context.Transaction) is { } subject)
                context.GenerateRefreshToken = context.IncludeRefreshToken = subject.GetsRefreshToken;
            return default;
        }
    }

    /// <summary>Completes the prepared principals: exact times, the exact issuer, and the claims.</summary>
    public sealed class Fill(IssuerUrl issuer, TokenOptions options, TimeProvider clock) : IOpenIddictServerHandler<ProcessSignInContext>
    {
        public ValueTask HandleAsync(ProcessSignInContext context)
        {
            IssuedSubject.Of(context.Transaction)?.Fill(context, issuer, options, clock);
            return default;
        }
    }

    /// <summary>Signs with the algorithm that the client's API server accepts.</summary>
    public sealed class ChooseSigningKey(SigningKeys keys) : IOpenIddictServerHandler<GenerateTokenContext>
    {
        public ValueTask HandleAsync(GenerateTokenContext context)
        {
            if (context.TokenType is TokenTypeIdentifiers.IdentityToken && IssuedSubject.Of(context.Transaction) is { } subject)
                context.SigningCredentials = keys.For(subject.Client.Options.SigningAlgorithm);
            return default;
        }
    }

    /// <summary>
    /// The last check of the clock, after signing. A replica that was paused since the UPDATE may have missed a revocation, so it issues
    /// nothing. The client presents the same token again, which counts as a lost answer.
    /// </summary>
    public sealed class RefuseStale(TimeProvider clock, ILogger<RefuseStale> log) : IOpenIddictServerHandler<ProcessSignInContext>
    {
        public ValueTask HandleAsync(ProcessSignInContext context)
        {
            if (IssuedSubject.Of(context.Transaction) is IssuedSubject.Person person && person.IssueTime.IsStale(clock))
            {
                log.IssuanceStale(person.Grant.GrantId);
                context.Reject(Errors.TemporarilyUnavailable, "The answer took too long to be safe. Try again.");
            }

            return default;
        }
    }
}
