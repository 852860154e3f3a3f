using KubeIdP.Data.People;

namespace KubeIdP.Server.Login;

/// <summary>The closed set of outcomes of a first proof, whichever way it is given.</summary>
internal abstract record ProofResult
{
    private ProofResult()
    {
    }

    public sealed record Proven(Person Person) : ProofResult;

    /// <param name="Reason">For the audit log; not shown to the visitor.</param>
    /// <param name="Account">
    /// The name of the account, for the audit log; null if it is unknown: a typed name that does not exist may be a password.
    /// </param>
    public sealed record Refused(string Reason, string? Account) : ProofResult;

    /// <summary>
    /// The person has proven who they are, but may not sign in. Because of the proof, the page may show the reason.
    /// </summary>
    /// <param name="Reason">For the audit log.</param>
    /// <param name="Account">The name of the account, for the audit log; null if it is unknown.</param>
    public sealed record Barred(string Reason, string? Account, RefusedLogin Why) : ProofResult;

    public sealed record Unreachable(string Detail) : ProofResult;
}
