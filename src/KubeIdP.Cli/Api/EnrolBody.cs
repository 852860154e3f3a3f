namespace KubeIdP.Cli.Api;

/// <summary>The people who get an enrolment code.</summary>
/// <param name="Upstream">
/// The upstream to search; if missing, that of the domain in the name, or else the only one that has the name.
/// </param>
/// <param name="Mail">Whether to mail the codes to the people.</param>
internal sealed record EnrolBody(IReadOnlyList<string> Names, string Reason, string? Upstream = null, bool Mail = false);
