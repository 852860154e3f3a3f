using System.Diagnostics.Metrics;

namespace KubeIdP.Server.TokenReview;

/// <summary>How soon a review hears of an ended session. Instruments of the meter <c>KubeIdP.TokenReview</c>; none where no API server asks.</summary>
internal sealed class ReviewMetrics(IMeterFactory meters)
{
    public void Show(RecentEndings recent) => meters.Create("KubeIdP.TokenReview").CreateObservableGauge(
        "kubeidp.revocation.knowledge_age", () => recent.Age().TotalSeconds, "s",
        "How old it is what this replica knows of ended sessions. Beyond a second each review asks the database.");
}
