using System.Globalization;
using KubeIdP.Cli.Doctor.Kubeconfigs;

namespace KubeIdP.Cli.Doctor.Checks;

/// <summary>Whether the token is small enough for what is on its way.</summary>
internal static class SizeCheck
{
    /// <summary>In bytes. What proxies and ingresses take as one header line by default.</summary>
    public const int HeaderLimit = 8 * 1024;

    /// <summary>In bytes: CRED_MAX_CREDENTIAL_BLOB_SIZE of Windows.</summary>
    public const int KeyringLimit = 2560;

    private static readonly int HeaderName = "Authorization: Bearer ".Length;

    public static Finding Decide(Verdicts verdicts) => Finding.Of(CheckNumber.Size, "size", [.. Judge(verdicts)]);

    private static IEnumerable<Observation> Judge(Verdicts verdicts)
    {
        var evidence = verdicts.Evidence;
        var token = evidence.Token;
        if (token.Missing is { } missing)
        {
            yield return verdicts.SkippedFor(CheckNumber.Issuer) ?? verdicts.SkippedWithout(evidence.Issuer)
                ?? Observation.Skipped($"There is no token: {missing}");
            yield break;
        }

        var line = token.Size + HeaderName;
        var groups = token.Claims!.Groups.Count;
        yield return line > HeaderLimit
            ? Observation.Wrong(
                $"The token makes a header line of {Bytes(line)}, more than the {Bytes(HeaderLimit)} that proxies and ingresses take. "
                + $"It has {Sentence.Count(groups, "group")}.",
                "An administrator lets the cluster have fewer groups (clusters.NAME.groups: include, exclude).")
            : Observation.Ok($"{Bytes(token.Size)}, with {Sentence.Count(groups, "group")}.");

        if (evidence.Subject.Plugin is { Kind: PluginKind.Kubelogin, UsesKeyring: true })
        {
            var stored = evidence.Plugin.Cached.FirstOrDefault(one => one.File == token.File)?.Size ?? token.Size;
            if (stored > KeyringLimit)
            {
                yield return new Observation(
                    evidence.IsWindows ? FindingStatus.Wrong : FindingStatus.Warning,
                    $"kubelogin is to keep {Bytes(stored)} in the keyring, and that of Windows takes {Bytes(KeyringLimit)}.",
                    "Add --token-cache-storage=disk to the arguments of the plugin, or get the kubeconfig again.");
            }
        }
    }

    private static string Bytes(int count) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} bytes");
}
