using System.Diagnostics.Metrics;

namespace KubeIdP.Server.TokenReview;

/// <summary>
/// How up to date reviews are about ended sessions. Instruments of the meter <c>KubeIdP.TokenReview</c>; none if no cluster uses token
/// reviews.
/// </summary>
internal sealed class ReviewMetrics(IMeterFactory meters)
{
    public void Show(RecentEndings recent) => meters.Create("KubeIdP.TokenReview").CreateObservableGauge(
        "kubeidp.revocation.knowledge_age", () => recent.Age().TotalSeconds, "s",
        "Age of what this replica knows about ended sessions. If it exceeds one second, each token review queries the database.");
}
