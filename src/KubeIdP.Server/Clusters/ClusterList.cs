using KubeIdP.Server.Clients;

namespace KubeIdP.Server.Clusters;

/// <summary>The clusters of one person, as far as they match what the person is looking for.</summary>
/// <param name="Shown">Those that match.</param>
/// <param name="Usable">How many the person may use in all.</param>
/// <param name="Refused">Those that match and that the person may not use.</param>
internal sealed record ClusterList(IReadOnlyList<Client> Shown, int Usable, IReadOnlyList<Client> Refused)
{
    /// <summary>With more clusters than this there is a search.</summary>
    public const int Few = 10;

    /// <param name="clusters">All that are configured.</param>
    /// <param name="visitor">The person.</param>
    /// <param name="words">
    /// Each must be in the name, title, description, address or a label, ignoring case; of a cluster that the person may not use, in the
    /// name or title, because the search would otherwise tell the rest piece by piece. Null: any cluster.
    /// </param>
    /// <param name="label">The cluster must have this one, as <c>key=value</c>. Null: any cluster.</param>
    public static ClusterList Of(IReadOnlyList<Client> clusters, Visitor visitor, string? words, string? label)
    {
        var usable = clusters.ToLookup(visitor.MayUse);
        var wanted = (words ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new([.. usable[true].Where(cluster => Has(cluster, label) && Matches(TextsOf(cluster)))], usable[true].Count(),
            label is null ? [.. usable[false].Where(cluster => Matches([cluster.Id.Value, cluster.Name]))] : []);

        bool Matches(IEnumerable<string?> texts) => wanted.All(word => texts.Any(text =>
            text?.Contains(word, StringComparison.OrdinalIgnoreCase) is true));
    }

    /// <summary>The labels of a cluster, as they are shown and searched.</summary>
    public static IEnumerable<string> LabelsOf(Client cluster) => cluster.Cluster!.Labels.Select(label => $"{label.Key}={label.Value}");

    private static bool Has(Client cluster, string? label) => label is null || LabelsOf(cluster).Contains(label, StringComparer.Ordinal);

    private static IEnumerable<string?> TextsOf(Client cluster) =>
        [cluster.Id.Value, cluster.Cluster!.Title, cluster.Cluster.Description, cluster.Cluster.Server, .. LabelsOf(cluster)];
}
