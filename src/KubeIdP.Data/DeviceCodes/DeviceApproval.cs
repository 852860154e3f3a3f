using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Sessions;

namespace KubeIdP.Data.DeviceCodes;

/// <summary>The approval of a device request by somebody in a browser.</summary>
/// <param name="RequestId">The request.</param>
/// <param name="By">The session of that browser, in which the code was typed; the new session has its authentication methods.</param>
/// <param name="PersonId">The person of both sessions.</param>
/// <param name="SessionId">Of the new session.</param>
/// <param name="GrantId">Of its grant, which the next poll redeems.</param>
/// <param name="Lifetime">Of the new session.</param>
public sealed record DeviceApproval(
    string RequestId, SessionHandle By, PersonId PersonId, SessionId SessionId, GrantId GrantId, TimeSpan Lifetime);
