namespace KubeIdP.Cli.Doctor.Checks;

/// <summary>How long access lasts after a session has ended. It is never wrong; people ask for it.</summary>
internal static class RevocationCheck
{
    // An API server keeps an accepted token for ten seconds, whatever its exp.
    private static readonly TimeSpan ApiServerCache = TimeSpan.FromSeconds(10);

    public static Finding Decide(Verdicts verdicts) => Finding.Of(CheckNumber.Revocation, "revocation", [Judge(verdicts)]);

    private static Observation Judge(Verdicts verdicts)
    {
        var evidence = verdicts.Evidence;
        if (evidence.Self?.RevocationBound is { } bound)
            return Observation.Ok($"After a session has ended, this cluster refuses its tokens within {Sentence.Duration(bound)}.");

        return evidence.Token.Claims?.Lifetime is { } lifetime
            ? Observation.Ok(
                $"After a session has ended, a cluster that checks tokens itself refuses the last one within "
                + $"{Sentence.Duration(lifetime + ApiServerCache)}: its lifetime and ten seconds.")
            : verdicts.SkippedFor(CheckNumber.Issuer) ?? verdicts.SkippedWithout(evidence.Issuer)
                ?? Observation.Skipped($"There is no token: {evidence.Token.Missing}");
    }
}
