namespace KubeIdP.Cli.Api;

/// <summary>The number of audit events whose personal data was erased.</summary>
internal sealed record ErasedPerson(long AuditEvents);
