using KubeIdP.Core.Naming;

namespace KubeIdP.Cli.Api;

// In request bodies, members that are declared as not null are null when the caller leaves them out: the declarations are for the document.

/// <summary>The reason for a change, for the audit log.</summary>
/// <param name="Reason">One line of at most 500 characters.</param>
/// <param name="Tell">Whether the people whose sessions end see the reason on the login page.</param>
internal sealed record ApiReason(string Reason, bool Tell = false)
{
    public static readonly string Missing =
        $"A reason is required: one line of at most {ReasonText.MaxLength} characters, for the audit log.";
}
