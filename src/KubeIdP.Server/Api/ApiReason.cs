using KubeIdP.Server.Administration;

namespace KubeIdP.Server.Api;

// In the bodies of requests, what is declared as never null is null all the same when the caller has forgotten it: the declarations are for the document.

/// <summary>Why something is done, for the audit.</summary>
/// <param name="Reason">A line of up to 500 characters.</param>
/// <param name="Tell">Whether the people whose sessions end by it read the reason where they sign in again.</param>
internal sealed record ApiReason(string Reason, bool Tell = false)
{
    public static readonly string Missing = $"A reason is needed: a line of up to {ReasonField.MaxLength} characters, for the audit.";
}
