namespace KubeIdP.Server.Authorize;

/// <summary>The closed set of reasons for which redemption would refuse a code.</summary>
internal abstract record CodeRefusal
{
    private CodeRefusal()
    {
    }

    /// <summary>The directory of the person does not answer, and its last answer is too old.</summary>
    public sealed record Temporary : CodeRefusal;

    /// <summary>The directory has refused the person, and all their sessions have ended.</summary>
    public sealed record SignedOut : CodeRefusal;

    /// <summary>The person can do nothing about it in the browser.</summary>
    /// <param name="Advice">The error description that redemption would give.</param>
    /// <param name="IsAccess">Whether the person is in none of the groups that may use the client.</param>
    public sealed record Permanent(string Advice, bool IsAccess = false) : CodeRefusal;
}
