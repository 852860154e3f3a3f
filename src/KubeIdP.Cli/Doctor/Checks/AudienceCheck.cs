using KubeIdP.Cli.Doctor.Facts;

namespace KubeIdP.Cli.Doctor.Checks;

/// <summary>Whether the API server accepts the token, which it does not explain: 401 says nothing else.</summary>
internal static class AudienceCheck
{
    public static Finding Decide(Verdicts verdicts) => Finding.Of(CheckNumber.Audience, "audience", [Judge(verdicts)]);

    /// <summary>Why nothing can be said that needs a token at the API server; null if something can.</summary>
    public static Observation? SkippedFor(Verdicts verdicts)
    {
        var evidence = verdicts.Evidence;
        if (evidence.ApiServer is not { } server) return Observation.Skipped("Without a kubeconfig no API server is known.");

        // Whoever can't sign in for this fault is not told to do so.
        var explained = verdicts.SkippedFor(CheckNumber.Issuer) ?? verdicts.SkippedWithout(server);
        if (explained is not null) return explained;

        return evidence.Token switch
        {
            { Missing: { } missing } => verdicts.SkippedWithout(evidence.Issuer) ?? Observation.Skipped($"There is no token: {missing}"),
            var token when token.IsExpired(evidence.Now) => Observation.Skipped(
                $"The token in {token.File} has expired.", "Run a kubectl command, and this one within a minute after it."),
            _ => null,
        };
    }

    private static Observation Judge(Verdicts verdicts)
    {
        var (evidence, subject) = (verdicts.Evidence, verdicts.Evidence.Subject);

        // What the token itself says needs no API server.
        if (evidence.Token.Claims is { } claims && subject.ClientId is { } client
            && !claims.Audiences.Contains(client, StringComparer.Ordinal))
        {
            return Observation.Wrong($"The token is for {Sentence.List(claims.Audiences)}, and the kubeconfig names the client {client}.",
                "Get the kubeconfig again, and sign in again.");
        }

        if (SkippedFor(verdicts) is { } skipped) return skipped;

        var review = evidence.Review;
        if (review is null) return verdicts.SkippedFor(CheckNumber.Tls) ?? Observation.Skipped("The API server was not asked.");
        if (review.Status is not { } status)
            return Observation.Wrong($"The API server did not answer who this token is: "
                + $"{review.Fault}", "Try again.");

        return status switch
        {
            200 or 201 => Observation.Ok($"The API server accepts the token for {Sentence.List(evidence.Token.Claims!.Audiences)}."),
            401 => Explained(verdicts) ?? Refused(evidence),
            400 or 413 or 431 or >= 500 => Explained(verdicts) ?? Observation.Wrong(
                $"The API server answered with status {status}{Said(review)}.",
                "An administrator must look at its log; a proxy in between may answer in its place."),

            // Who is not authenticated is refused before anything is looked up.
            403 or 404 or 405 => Observation.Ok(
                $"The API server accepts the token. It does not tell whose it is (status {status}; Kubernetes does from 1.28 on)."),
            _ => Observation.Skipped($"The API server answered with status {status}{Said(review)}."),
        };
    }

    private static string Said(ReviewFacts review) => string.IsNullOrEmpty(review.Fault) ? "" : $": {review.Fault.TrimEnd('.')}";

    /// <summary>Faults that make every API server refuse.</summary>
    private static Observation? Explained(Verdicts verdicts) =>
        verdicts.SkippedFor(CheckNumber.Keys, CheckNumber.SystemGroup, CheckNumber.Size, CheckNumber.Clock)
            ?? (PluginCheck.PresentsStaleToken(verdicts.Evidence) ? verdicts.SkippedFor(CheckNumber.Plugin) : null);

    private static Observation Refused(Evidence evidence)
    {
        var (issuer, audiences) = (evidence.Token.Claims!.Issuer, Sentence.List(evidence.Token.Claims.Audiences));
        return Observation.Wrong(
            $"The API server refuses the token (401), and nothing else is wrong with it: it does not accept {issuer} with the audience "
            + $"{audiences}.",
            $"An administrator compares, byte for byte: issuer.url {issuer} and issuer.audiences {audiences} in the file of "
            + "--authentication-config, or --oidc-issuer-url and --oidc-client-id. The log of the API server (oidc authenticator) "
            + "says which one; it also says whether it could read the issuer's keys.");
    }
}
