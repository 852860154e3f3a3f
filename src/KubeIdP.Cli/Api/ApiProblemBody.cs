namespace KubeIdP.Cli.Api;

/// <summary>What of the API's problem details (RFC 9457) a command prints.</summary>
/// <param name="Detail">What is wrong, in whole sentences; null in an answer that is not the API's.</param>
/// <param name="Reference">Under which the server's log and the audit log have it.</param>
internal sealed record ApiProblemBody(string? Detail, string? Reference);
