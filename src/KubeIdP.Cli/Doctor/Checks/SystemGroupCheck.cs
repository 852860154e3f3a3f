namespace KubeIdP.Cli.Doctor.Checks;

/// <summary>
/// Whether the token claims a name that belongs to Kubernetes. An API server that is set up by the issuer's instructions refuses it;
/// another one might make somebody its administrator.
/// </summary>
internal static class SystemGroupCheck
{
    private const string Reserved = "system:";

    public static Finding Decide(Verdicts verdicts) => Finding.Of(CheckNumber.SystemGroup, "system group", [Judge(verdicts)]);

    private static Observation Judge(Verdicts verdicts)
    {
        var evidence = verdicts.Evidence;
        if (evidence.Token.Claims is not { } claims)
        {
            return verdicts.SkippedFor(CheckNumber.Issuer) ?? verdicts.SkippedWithout(evidence.Issuer)
                ?? Observation.Skipped($"There is no token: {evidence.Token.Missing}");
        }

        var reserved = claims.Groups.Where(group => group.StartsWith(Reserved, StringComparison.Ordinal)).ToList();
        if (claims.Username?.StartsWith(Reserved, StringComparison.Ordinal) is true)
        {
            return Observation.Wrong($"The token has the user name {claims.Username}: names with {Reserved} belong to Kubernetes.",
                "An administrator renames the account where it comes from.");
        }

        return reserved.Count == 0
            ? Observation.Ok($"No name in the token begins with {Reserved}")
            : Observation.Wrong(
                $"The token has {(reserved.Count == 1 ? "the group" : "groups")} {Sentence.List(reserved)}: names with {Reserved} "
                + "belong to Kubernetes, and API servers refuse the token for them.",
                "An administrator renames the group where it comes from, or leaves it out for this cluster "
                + "(clusters.NAME.groups.exclude).");
    }
}
