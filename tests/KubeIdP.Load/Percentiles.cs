namespace KubeIdP.Load;

internal static class Percentiles
{
    /// <summary>Of numbers in ascending order; zero of none.</summary>
    /// <param name="percentile">From 0 to 1; 0.5 is the median.</param>
    public static double At(this IReadOnlyList<double> sorted, double percentile) =>
        sorted.Count == 0 ? 0 : sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * percentile))];
}
