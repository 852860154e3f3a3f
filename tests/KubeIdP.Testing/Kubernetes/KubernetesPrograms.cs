namespace KubeIdP.Testing.Kubernetes;

/// <summary>
/// The programs of a cluster, by the convention of envtest: <c>KUBEBUILDER_ASSETS</c> names the folder that holds them. No package manager
/// that the tests use has them, so they alone may be missing. kubectl is there in any case: tests/run.sh installs one.
/// </summary>
public static class KubernetesPrograms
{
    private const string Variable = "KUBEBUILDER_ASSETS";

    private const string Kubectl = "kubectl";

    /// <summary>A path, or the name of what the search path has.</summary>
    public static string PathOf(string program)
    {
        var path = Path.Combine(Environment.GetEnvironmentVariable(Variable) ?? "", program);
        return program == Kubectl && !File.Exists(path) ? Kubectl : path;
    }

    /// <summary>Why a test that needs these must be skipped; null when they are all there.</summary>
    public static string? ReasonToSkip(params string[] programs)
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } folder)
            return $"{Variable} names no folder with {string.Join(" and ", programs)}.";

        var missing = programs.Where(program => !File.Exists(PathOf(program))).ToList();
        return missing.Count == 0 ? null : $"{folder}, named by {Variable}, has no {string.Join(" and no ", missing)}.";
    }
}
