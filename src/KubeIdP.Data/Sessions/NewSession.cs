using KubeIdP.Core.Identifiers;

namespace KubeIdP.Data.Sessions;

/// <summary>A completed login about to become a session.</summary>
/// <param name="FactorEpoch">The epoch that the login began in; when the person's has moved on, the login is void.</param>
public sealed record NewSession(
    SessionId Id, PersonId PersonId, long FactorEpoch, string Amr, string? Address, string? UserAgent, TimeSpan Lifetime)
{
    /// <summary>Which login; see <see cref="SessionStore.FindOpenedAsync"/>.</summary>
    public string? LoginId { get; init; }
}
