using KubeIdP.Server.Api;

namespace KubeIdP.Server.Commands.Administration;

/// <summary>The closed set of results of <see cref="IAdministration.EnrolAsync"/>.</summary>
internal abstract record EnrolmentResult
{
    private EnrolmentResult()
    {
    }

    public sealed record Done(ApiEnrolmentCodes Codes) : EnrolmentResult;

    /// <summary>Codes can't be mailed, because no mail server is configured.</summary>
    public sealed record NoMailServer : EnrolmentResult;

    /// <summary>The upstream to search is not configured.</summary>
    public sealed record NoSuchUpstream : EnrolmentResult;
}
