using KubeIdP.Core.Identifiers;

namespace KubeIdP.Server.SelfService;

/// <summary>A factor that is shown to a person but not confirmed yet, with the id of its future row.</summary>
/// <param name="Kind">The name of its <see cref="Core.Factors.FactorKind"/>.</param>
/// <param name="Pending">The state of the enrolment, from the kind.</param>
internal sealed record FactorOffer(string FactorId, string Kind, string Pending, SessionId SessionId, DateTimeOffset At);
