using KubeIdP.Core.Upstreams;

namespace KubeIdP.Connectors.Ldap;

/// <summary>Why an account may not sign in.</summary>
/// <param name="Attribute">The one that says so.</param>
internal sealed record AccountVerdict(Refusal Reason, string Attribute);
