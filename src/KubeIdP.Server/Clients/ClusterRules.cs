using System.Globalization;
using System.Text.RegularExpressions;
using KubeIdP.Core.Naming;
using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Keys;

namespace KubeIdP.Server.Clients;

/// <summary>The rules and defaults of clusters.</summary>
internal static partial class ClusterRules
{
    private const string DefaultName = "kubernetes";
    private const int MaxTextLength = 200;

    /// <param name="clusters">The clusters as configured.</param>
    /// <param name="upstreams">The upstreams that groups may name.</param>
    public static IEnumerable<SettingsFault> Check(IReadOnlyDictionary<string, ClusterOptions> clusters,
        IReadOnlyCollection<ConnectorId> upstreams) =>
        clusters.SelectMany(cluster => Check(cluster.Key, cluster.Value, upstreams));

    /// <summary>With nothing configured there is one cluster, so that a first look needs no file.</summary>
    public static IReadOnlyDictionary<string, ClusterOptions> WithDefaults(IReadOnlyDictionary<string, ClusterOptions> clusters,
        IReadOnlyDictionary<string, ClientOptions> clients) =>
        clusters.Count == 0 && clients.Count == 0
            ? new Dictionary<string, ClusterOptions> { [DefaultName] = RelyingPartyRules.WithLoopback(new ClusterOptions()) }
            : clusters.ToDictionary(cluster => cluster.Key, cluster => RelyingPartyRules.WithLoopback(cluster.Value));

    /// <summary>The minor version of Kubernetes, such as 34 for 1.34; null if none is configured.</summary>
    public static int? MinorOf(ClusterOptions cluster) =>
        cluster.Kubernetes is { } version ? int.Parse(version.AsSpan("1.".Length), CultureInfo.InvariantCulture) : null;

    private static IEnumerable<SettingsFault> Check(string name, ClusterOptions cluster, IReadOnlyCollection<ConnectorId> upstreams)
    {
        var key = $"clusters.{name}";

        // It is the audience, a segment of paths, a file name and a name in kubeconfigs.
        if (!Name().IsMatch(name))
            yield return new(key, "This is not a valid name of a cluster.",
                "Use 1 to 63 ASCII letters, digits, dots, dashes and underscores, beginning with a letter or digit.");

        foreach (var fault in RelyingPartyRules.Check(key, cluster, RedirectTargets.Loopback, upstreams)) yield return fault;
        foreach (var fault in DeviceCodeAccessRules.Check($"{key}.deviceCode", cluster.DeviceCode, upstreams)) yield return fault;
        foreach (var fault in CheckTexts(key, cluster)) yield return fault;
        if (cluster.Server is { } server && !IsServer(server))
            yield return new($"{key}.server", $"\"{server}\" is not the address of an API server.",
                "Write an https URL such as https://api.prod.example.com:6443, without user name, query and fragment; its path, if it has "
                + "one, of letters, digits and - . _ ~ : between single slashes.");
        foreach (var fault in FileRules.Authorities($"{key}.caFile", cluster.CaFile)) yield return fault;
        if (cluster is { CaFile: not null, Server: null })
            yield return new($"{key}.caFile", "There is no server whose certificate it could verify.", "Set server, or remove caFile.");
        if (cluster.Kubernetes is { } version && !Version().IsMatch(version))
            yield return new($"{key}.kubernetes", $"\"{version}\" is not a version of Kubernetes.",
                MinorIn().Match(version) is { Success: true } minor
                    ? $"Write \"{minor.Groups[1].Value}\"."
                    : "Write its minor version, such as \"1.34\".");
        if (cluster.Namespace is { } space && !Namespace().IsMatch(space))
            yield return new($"{key}.namespace", $"\"{space}\" is not the name of a namespace.",
                "Use lower-case letters, digits and dashes (RFC 1123).");
        foreach (var fault in CheckPlatform(key, cluster)) yield return fault;
    }

    private static IEnumerable<SettingsFault> CheckTexts(string key, ClusterOptions cluster)
    {
        (string Key, string? Text)[] texts = [("title", cluster.Title), ("description", cluster.Description),
            .. cluster.Labels.Select(label => ($"labels.{label.Key}", (string?)$"{label.Key}={label.Value}"))];
        foreach (var (name, text) in texts)
        {
            if (text is not null && (text.Length > MaxTextLength || OutsideText.FaultOf(text) is not null))
                yield return new($"{key}.{name}", "This text can't be shown.",
                    $"Write one line of at most {MaxTextLength} characters, without control characters.");
        }
    }

    /// <summary>What a managed platform can't do is refused here, and not found out by nobody being able to sign in.</summary>
    private static IEnumerable<SettingsFault> CheckPlatform(string key, ClusterOptions cluster)
    {
        var platform = PlatformCapabilities.Of(cluster.Platform);
        if (!platform.OtherAlgorithms && cluster.SigningAlgorithm is not SigningAlgorithm.RS256)
            yield return new($"{key}.signingAlgorithm", $"{platform.Name} accepts only RS256.", "Remove the key.");
        if (!platform.TokenReview && cluster.TokenReview.SecretHash is not null)
            yield return new($"{key}.tokenReview", $"{platform.Name} has no setting for a webhook that reviews tokens.",
                "Remove the key: its API server verifies tokens itself.");
    }

    // People paste it into shells, so it has no character that means something there.
    private static bool IsServer(string text) =>
        Server().IsMatch(text) && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Host != "";

    [GeneratedRegex(@"\Ahttps://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[1-9][0-9]{0,4})?(/[A-Za-z0-9._~:-]+)*/?\z")]
    private static partial Regex Server();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,62}\z")]
    private static partial Regex Name();

    [GeneratedRegex(@"\A1\.[1-9][0-9]\z")]
    private static partial Regex Version();

    /// <summary>As kubectl prints it.</summary>
    [GeneratedRegex(@"\Av?(1\.[1-9][0-9])(?:[.+-].*)?\z")]
    private static partial Regex MinorIn();

    [GeneratedRegex(@"\A[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\z")]
    private static partial Regex Namespace();
}
