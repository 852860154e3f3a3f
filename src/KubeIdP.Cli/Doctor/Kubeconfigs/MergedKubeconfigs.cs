using KubeIdP.Cli.Store;

namespace KubeIdP.Cli.Doctor.Kubeconfigs;

/// <summary>Several kubeconfigs as kubectl merges them: of a name that two files have, the first counts.</summary>
internal sealed class MergedKubeconfigs
{
    private readonly IReadOnlyList<KubeconfigContent> files;

    public MergedKubeconfigs(IReadOnlyList<KubeconfigContent> files)
    {
        this.files = files;
        Current = files.Select(file => file.CurrentContext).FirstOrDefault(name => name is not null);
        Contexts =
        [
            .. from context in files.SelectMany(file => file.Contexts).DistinctBy(context => context.Name, StringComparer.Ordinal)
               let user = First(file => file.Users.FirstOrDefault(one => one.Name == context.User))
               let call = user?.Exec is { } exec ? PluginCall.Of(exec) : null
               select new ContextEntry(
                   context.Name, First(file => file.Clusters.FirstOrDefault(one => one.Name == context.Cluster)), user, call),
        ];
    }

    /// <summary>The name of the current context; null if no file names one.</summary>
    public string? Current { get; }

    /// <summary>All contexts, also those that sign in elsewhere.</summary>
    public IReadOnlyList<ContextEntry> Contexts { get; }

    /// <summary>Those that sign in with a plugin of this kind.</summary>
    public IEnumerable<ContextEntry> Ours => Contexts.Where(context => context.Call is not null);

    /// <summary>Where two files have something else under one name, and what of it concerns this context.</summary>
    public IReadOnlyList<Disagreement> DisagreementsAbout(ContextEntry context) =>
    [
        .. About("context", context.Name, file => file.Contexts.FirstOrDefault(one => one.Name == context.Name) is { } found
            ? $"cluster {found.Cluster}, user {found.User}" : null),
        .. About("cluster", context.Cluster?.Name,
            file => file.Clusters.FirstOrDefault(one => one.Name == context.Cluster?.Name) is { } found ? DescribeCluster(found) : null),
        .. About("user", context.User?.Name, file => file.Users.FirstOrDefault(one => one.Name == context.User?.Name) is { } found
            ? DescribeUser(found) : null),
    ];

    private static string DescribeCluster(KubeCluster cluster)
    {
        var authority = cluster.AuthorityData is { } data ? ShortHash.Of(data) : cluster.AuthorityFile;
        return $"{cluster.Server ?? "no server"}{(authority is null ? "" : $" with certificate authority {authority}")}"
            + $"{(cluster.SkipsTls ? " without a check of the certificate" : "")}";
    }

    // Arguments may hold a client secret, so that only those are shown that say where somebody signs in.
    private static string DescribeUser(KubeUser user) =>
        user.Exec is not { } exec ? "no credential plugin"
        : PluginCall.Of(exec) is { } call ? $"{call.Command} for {call.ClientId ?? "no client"} at {call.Issuer ?? "the last issuer"}"
        : exec.Command;

    private List<Disagreement> About(string kind, string? name, Func<KubeconfigContent, string?> describe)
    {
        var seen = (from file in files
                    let what = describe(file)
                    where what is not null
                    select (file.Path, What: what)).ToList();
        return seen.Count < 2 || name is null ? [] :
        [
            .. from other in seen.Skip(1)
               where other.What != seen[0].What
               select new Disagreement(kind, name, seen[0].Path, seen[0].What, other.Path, other.What),
        ];
    }

    private T? First<T>(Func<KubeconfigContent, T?> find)
        where T : class => files.Select(find).FirstOrDefault(found => found is not null);
}

/// <summary>A context with what it names.</summary>
/// <param name="Cluster">Null if no file has it.</param>
/// <param name="User">Null if no file has it.</param>
/// <param name="Call">How it signs in at an issuer; null if it signs in otherwise.</param>
internal sealed record ContextEntry(string Name, KubeCluster? Cluster, KubeUser? User, PluginCall? Call);

/// <summary>Two kubeconfigs have one name for different things; kubectl uses the first.</summary>
/// <param name="Kind">cluster, user or context.</param>
internal sealed record Disagreement(string Kind, string Name, string FirstFile, string First, string SecondFile, string Second);
