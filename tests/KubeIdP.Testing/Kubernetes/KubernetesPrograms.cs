namespace KubeIdP.Testing.Kubernetes;

/// <summary>
/// The programs of a cluster, by the convention of envtest: <c>KUBEBUILDER_ASSETS</c> names the folder that holds them. No package manager of ours has
/// them, so they alone may be missing.
/// </summary>
public static class KubernetesPrograms
{
    private const string Variable = "KUBEBUILDER_ASSETS";

    public static string PathOf(string program) => Path.Combine(Environment.GetEnvironmentVariable(Variable) ?? "", program);

    /// <summary>Why a test that needs these must be skipped; null when they are all there.</summary>
    public static string? ReasonToSkip(params string[] programs)
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } folder) return $"{Variable} names no folder with {string.Join(" and ", programs)}.";

        var missing = programs.Where(program => !File.Exists(PathOf(program))).ToList();
        return missing.Count == 0 ? null : $"{folder}, named by {Variable}, has no {string.Join(" and no ", missing)}.";
    }
}
