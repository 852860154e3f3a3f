namespace KubeIdP.Cli.Doctor.Facts;

/// <summary>How the name of a host was looked up.</summary>
/// <param name="Addresses">Empty if it was not found, or not looked up.</param>
/// <param name="Fault">Why it was not found; null if it was, or if the proxy looks it up.</param>
internal sealed record NameFacts(string Host, IReadOnlyList<string> Addresses, string? Fault);
