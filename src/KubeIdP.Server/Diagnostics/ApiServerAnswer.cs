namespace KubeIdP.Server.Diagnostics;

/// <summary>What an API server answered to the question for its version.</summary>
internal abstract record ApiServerAnswer
{
    private ApiServerAnswer()
    {
    }

    /// <summary>Its version.</summary>
    /// <param name="GitVersion">As in its answer, such as <c>v1.34.1+k3s1</c>.</param>
    /// <param name="Minor">34 in this example.</param>
    /// <param name="ValidUntil">The end of its certificate.</param>
    public sealed record Version(string GitVersion, int Minor, DateTime ValidUntil) : ApiServerAnswer;

    /// <summary>Its version is only for requests with a token.</summary>
    /// <param name="Status">401 or 403.</param>
    /// <param name="AsApiServer">
    /// Whether the body is an object of kind Status, as of every API server. Without it, the answer may be that of a proxy which
    /// authenticates requests itself, or of a program that has nothing to do with Kubernetes.
    /// </param>
    /// <param name="ValidUntil">The end of its certificate.</param>
    public sealed record VersionHidden(int Status, bool AsApiServer, DateTime ValidUntil) : ApiServerAnswer;

    /// <summary>The answer can't be that of an API server.</summary>
    /// <param name="What">What differs, as a clause.</param>
    public sealed record NotAnApiServer(string What) : ApiServerAnswer;

    /// <summary>Its certificate is refused, so it was asked nothing.</summary>
    public sealed record Untrusted(string What, string Fix) : ApiServerAnswer;

    /// <summary>It does not answer.</summary>
    public sealed record Unreachable(string What) : ApiServerAnswer;
}
