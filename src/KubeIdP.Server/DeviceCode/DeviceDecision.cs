namespace KubeIdP.Server.DeviceCode;

/// <summary>The closed set of results of an approval.</summary>
internal abstract record DeviceDecision
{
    private DeviceDecision()
    {
    }

    /// <summary>The next poll of the machine gets tokens.</summary>
    public sealed record Approved : DeviceDecision;

    /// <summary>The request is decided or expired, or the session over.</summary>
    public sealed record Over : DeviceDecision;

    /// <summary>The directory of the person does not answer; nothing was decided, and it may be tried again.</summary>
    public sealed record Unknown : DeviceDecision;

    /// <summary>The directory has refused the person, and their sessions have ended.</summary>
    public sealed record SignedOut : DeviceDecision;

    /// <summary>The person may not; the machine was told that it is denied.</summary>
    /// <param name="Advice">The sentence that says why.</param>
    public sealed record Refused(string Advice) : DeviceDecision;
}
