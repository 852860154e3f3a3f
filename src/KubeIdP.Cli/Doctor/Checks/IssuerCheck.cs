using KubeIdP.Cli.Doctor.Facts;

namespace KubeIdP.Cli.Doctor.Checks;

/// <summary>Whether the issuer has one name everywhere, byte for byte: API servers compare it so.</summary>
internal static class IssuerCheck
{
    public static Finding Decide(Verdicts verdicts) => Finding.Of(CheckNumber.Issuer, "issuer", [Judge(verdicts)]);

    /// <summary>How two addresses differ, as the end of a sentence.</summary>
    public static string Difference(string one, string other) =>
        one.TrimEnd('/') == other.TrimEnd('/') ? "They differ by the slash at the end."
        : string.Equals(one.TrimEnd('/'), other.TrimEnd('/'), StringComparison.OrdinalIgnoreCase) ? "They differ by upper and lower case."
        : Uri.TryCreate(one, UriKind.Absolute, out var first) && Uri.TryCreate(other, UriKind.Absolute, out var second)
            ? first.Scheme != second.Scheme ? $"They differ by the scheme, {first.Scheme} and {second.Scheme}."
            : first.Host != second.Host ? "They differ by the host."
            : first.Port != second.Port ? $"They differ by the port, {first.Port} and {second.Port}."
            : "They differ by the path."
        : "They differ.";

    private static Observation Judge(Verdicts verdicts)
    {
        var (evidence, subject) = (verdicts.Evidence, verdicts.Evidence.Subject);
        if (subject.ExpectedIssuer is { } expected && expected != subject.Issuer)
        {
            return Observation.Wrong(
                $"The kubeconfig has the issuer {subject.Issuer}, and --issuer is {expected}. {Difference(subject.Issuer, expected)}",
                "Get the kubeconfig again, or correct --issuer.");
        }

        if (verdicts.SkippedWithout(evidence.Issuer) is { } skipped) return skipped;

        var status = evidence.Issuer.Answer!.Status;
        if (evidence.Document is not { } document)
        {
            return Observation.Wrong(
                status is 404
                    ? $"There is no issuer at {subject.Issuer}: it has no discovery document."
                    : $"{subject.Issuer} answers with status {status} and no discovery document. Another server, a proxy or the "
                        + "sign-in page of a network may be in between.",
                "Check the address; open it in a browser of this machine.");
        }

        if (document.Issuer != subject.Issuer)
        {
            return Observation.Wrong(
                $"The issuer calls itself {document.Issuer}, and {Place(subject)} has {subject.Issuer}. "
                + Difference(document.Issuer, subject.Issuer),
                FixOf(subject, document.Issuer));
        }

        if (evidence.Token.Claims is { } claims && claims.Issuer != subject.Issuer)
        {
            return Observation.Wrong(
                $"The token says that it is from {claims.Issuer}, and the issuer is {subject.Issuer}. "
                + $"{Difference(claims.Issuer, subject.Issuer)}",
                "Sign in again. If this does not help, an administrator must look at the issuer's configuration.");
        }

        return Observation.Ok($"{subject.Issuer}, the same in {Place(subject)}"
            + $"{(evidence.Token.Claims is null ? " and in the discovery document." : ", in the discovery document and in the token.")}");
    }

    private static string Place(Subject subject) =>
        subject.Plugin is not null ? "the kubeconfig" : subject.ExpectedIssuer is not null ? "--issuer" : "the last login";

    private static string FixOf(Subject subject, string issuer) => subject.Plugin is not null
        ? $"Write {issuer} in the kubeconfig exactly so, or get the kubeconfig again. The API server must have the same."
        : $"Use exactly this address: kubeidp login --issuer {issuer}";
}
