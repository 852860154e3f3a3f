using System.Globalization;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Clusters;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Diagnostics;

/// <summary>
/// The checks of <c>check --clusters</c>: whether each API server can be reached with what its kubeconfig says, and whether the files that
/// this server prints are those that its version accepts. Whether an API server trusts this issuer, it tells nobody without a token, so
/// nothing is said about that.
/// </summary>
/// <param name="timeout">For one API server.</param>
/// <param name="clock">For the validity of certificates.</param>
internal sealed class ClusterDiagnostics(TimeSpan timeout, TimeProvider clock)
{
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(8);

    private const int AtATime = 16;

    private static readonly TimeSpan WarnBeforeExpiry = TimeSpan.FromDays(30);

    /// <summary>The findings in the order of the configuration. Every one that is not right has a fix.</summary>
    public async Task<IReadOnlyList<Finding>> RunAsync(ClientCatalog clients, CancellationToken ct)
    {
        if (clients.Clusters.Count == 0) return [Finding.Right("clusters", "the configuration has none")];

        var probe = new ApiServerProbe(timeout, clock);
        var findings = new IReadOnlyList<Finding>[clients.Clusters.Count];
        await Parallel.ForAsync(0, findings.Length, new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = ct },
            async (i, stop) => findings[i] = await CheckAsync(probe, clients.Clusters[i], stop));
        return [.. findings.SelectMany(each => each)];
    }

    private async Task<IReadOnlyList<Finding>> CheckAsync(ApiServerProbe probe, Client client, CancellationToken ct)
    {
        var (key, cluster) = (client.Key, client.Cluster!);
        if (cluster.Server is not { } server) return [Finding.Right(key, "not asked, because it has no server")];

        return await probe.AskAsync(cluster, ct) switch
        {
            ApiServerAnswer.Version version =>
                [CompareVersions(client, version), .. CheckExpiry(client, version.ValidUntil)],
            ApiServerAnswer.VersionHidden hidden =>
            [
                hidden.AsApiServer
                    ? Finding.Right(key, $"{server} is an API server and its certificate is trusted; its version is only for requests "
                        + $"with a token ({Text(hidden.Status)}), which is fine")
                    : Finding.Doubtful(key, $"{server} answers {Text(hidden.Status)} without a token, but not as an API server does.",
                        $"If a proxy there authenticates requests, ignore this. Otherwise set {key}.server to the address of the API "
                        + "server."),
                .. CheckExpiry(client, hidden.ValidUntil),
            ],
            ApiServerAnswer.NotAnApiServer other =>
                [Finding.Wrong(key, $"{server} answers, but {other.What}.", $"Set {key}.server to the address of the API server.")],
            ApiServerAnswer.Untrusted untrusted => [Finding.Wrong(key, $"{server}: {untrusted.What}", untrusted.Fix)],
            ApiServerAnswer.Unreachable unreachable =>
                [Finding.Wrong(key, $"{server} can't be reached: {unreachable.What}.",
                    $"Check {key}.server, the network between this machine and the API server, and whether it runs.")],
            _ => throw new InvalidOperationException("An answer of an unknown kind."),
        };
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static Finding CompareVersions(Client client, ApiServerAnswer.Version version)
    {
        var (key, cluster, minor) = (client.Key, client.Cluster!, version.Minor);
        var configured = ClusterRules.MinorOf(cluster);
        var trusted = $"{cluster.Server} has Kubernetes 1.{minor} ({version.GitVersion}) and its certificate is trusted";
        if (configured == minor) return Finding.Right(key, trusted);

        var (printed, accepted) = (ClusterInstructions.ApiVersionOf(configured), ClusterInstructions.ApiVersionOf(minor));
        var says = configured is null ? $"{key}.kubernetes is not set, which counts as 1.34 or "
        + "later" : $"{key}.kubernetes says 1.{configured}";
        var set = $"Set {key}.kubernetes: \"1.{minor}\".";
        if (printed == accepted || !TakesFile(cluster))
            return configured is null ? Finding.Right(key, trusted)
                : Finding.Doubtful(key, $"{cluster.Server} has Kubernetes 1.{minor}, and {says}.", set);

        var what = $"{cluster.Server} has Kubernetes 1.{minor}, and {says}";
        return accepted is null
            ? Finding.Wrong(key, $"{what}. 1.{minor} has no AuthenticationConfiguration: it begins with 1.30.",
                $"{set} Then use the flags: clusters flags {client.Id}")
            : Finding.Wrong(key,
                $"{what}. 1.{minor} needs the AuthenticationConfiguration in version {accepted}, and "
                + (printed is null ? "this server prints flags." : $"this server prints {printed}."),
                $"{set} If the API server has the file of before, replace it: clusters authentication-config {client.Id}");
    }

    /// <summary>Whether an AuthenticationConfiguration of this server is what the platform is told by.</summary>
    private static bool TakesFile(ClusterOptions cluster) => cluster.TokenReview.SecretHash is null
        && PlatformCapabilities.Of(cluster.Platform).ApiServerReadsFile;

    private IEnumerable<Finding> CheckExpiry(Client client, DateTime validUntil)
    {
        if (validUntil - clock.GetUtcNow().UtcDateTime > WarnBeforeExpiry) yield break;

        yield return Finding.Doubtful(client.Key,
            $"The certificate of {client.Cluster!.Server} expires at {validUntil.ToString("u", CultureInfo.InvariantCulture)}.",
            "Renew the certificate of the API server (kubeadm: kubeadm certs renew apiserver).");
    }
}
