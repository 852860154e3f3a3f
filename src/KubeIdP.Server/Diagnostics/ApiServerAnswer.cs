namespace KubeIdP.Server.Diagnostics;

/// <summary>What an API server answered to the question for its version.</summary>
internal abstract record ApiServerAnswer
{
    private ApiServerAnswer()
    {
    }

    /// <summary>It says its version to anybody.</summary>
    /// <param name="GitVersion">As it says it, such as <c>v1.34.1+k3s1</c>.</param>
    /// <param name="Minor">34 in this example.</param>
    /// <param name="ValidUntil">The end of its certificate.</param>
    public sealed record Version(string GitVersion, int Minor, DateTime ValidUntil) : ApiServerAnswer;

    /// <summary>It is an API server, as it seems, that says nothing to somebody without a token.</summary>
    /// <param name="Status">401 or 403.</param>
    /// <param name="ValidUntil">The end of its certificate.</param>
    public sealed record Silent(int Status, DateTime ValidUntil) : ApiServerAnswer;

    /// <summary>Something else answers there.</summary>
    public sealed record Strange(string What) : ApiServerAnswer;

    /// <summary>Its certificate is refused, so it was asked nothing.</summary>
    public sealed record Untrusted(string What, string Fix) : ApiServerAnswer;

    /// <summary>It does not answer.</summary>
    public sealed record Unreachable(string What) : ApiServerAnswer;
}
