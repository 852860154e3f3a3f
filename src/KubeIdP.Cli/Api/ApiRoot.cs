namespace KubeIdP.Cli.Api;

internal static class ApiRoot
{
    /// <summary>The path of the administration API below the issuer.</summary>
    public const string Path = "/api/v1";

    /// <summary>The versions of the AuthenticationConfiguration of Kubernetes that the API makes, the latest first.</summary>
    public static readonly IReadOnlyList<string> AuthenticationConfigVersions = ["v1", "v1beta1"];
}
