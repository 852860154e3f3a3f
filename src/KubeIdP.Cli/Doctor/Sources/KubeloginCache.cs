using System.Text;
using System.Text.Json;
using KubeIdP.Cli.Doctor.Facts;

namespace KubeIdP.Cli.Doctor.Sources;

/// <summary>
/// The files in which kubelogin keeps tokens, one for each issuer, client and set of scopes; read only. Their names are hashes, so that
/// they are known by what they hold.
/// </summary>
internal static class KubeloginCache
{
    private const int LargestFile = 128 * 1024;
    private const int MaxFiles = 500;

    /// <summary>Where they are.</summary>
    /// <param name="option">The value of <c>--token-cache-dir</c>; null without one.</param>
    /// <param name="variable">The environment of the plugin.</param>
    public static string FolderOf(string? option, Func<string, string?> variable, string home) =>
        option is not null
            ? option.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(home, option[2..]) : Path.GetFullPath(option)
        : variable("KUBECACHEDIR") is { Length: > 0 } cache ? Path.Combine(cache, "oidc-login")
        : Path.Combine(home, ".kube", "cache", "oidc-login");

    /// <summary>What can be read of them, with the token.</summary>
    public static IReadOnlyList<(CachedToken Entry, string Token)> Read(string folder)
    {
        var found = new List<(CachedToken Entry, string Token)>();
        try
        {
            if (!Directory.Exists(folder)) return found;

            foreach (var file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Take(MaxFiles))
                if (!file.EndsWith(".lock", StringComparison.Ordinal) && ReadFile(file) is { } entry) found.Add(entry);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // What can't be read here, kubelogin can't read either, and signs in.
        }

        return found;
    }

    private static (CachedToken Entry, string Token)? ReadFile(string file)
    {
        if (new FileInfo(file).Length > LargestFile) return null;

        try
        {
            var text = File.ReadAllText(file);
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind is JsonValueKind.Object && document.RootElement.TryGetProperty("id_token", out var id)
                && id.ValueKind is JsonValueKind.String && id.GetString() is { } token && TokenClaims.Read(token) is { } claims
                ? (new CachedToken(file, claims, Encoding.UTF8.GetByteCount(text)), token)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
