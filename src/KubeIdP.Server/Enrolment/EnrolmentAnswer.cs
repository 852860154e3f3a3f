namespace KubeIdP.Server.Enrolment;

/// <summary>The closed set of outcomes of <see cref="EnrolmentRollOut.OfferAsync"/>.</summary>
internal abstract record EnrolmentAnswer
{
    private EnrolmentAnswer()
    {
    }

    public sealed record Done(EnrolmentCodes Codes) : EnrolmentAnswer;

    /// <summary>Codes can't be mailed, because no mail server is configured.</summary>
    public sealed record NoMailServer : EnrolmentAnswer;

    /// <summary>The upstream to search is not configured.</summary>
    public sealed record NoSuchUpstream : EnrolmentAnswer;
}
