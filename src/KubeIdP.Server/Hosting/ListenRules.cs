using KubeIdP.Server.Configuration;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Hosting;

internal static class ListenRules
{
    /// <summary>Only this machine, on the issuer's port.</summary>
    public static string Default(string issuer) => $"https://localhost:{new Uri(issuer).Port}";

    public static IEnumerable<SettingsFault> Check(IReadOnlyList<string> listen)
    {
        for (var i = 0; i < listen.Count; i++)
        {
            if (!ListenAddress.TryParse(listen[i], out var address))
                yield return new($"listen[{i}]", $"\"{listen[i]}\" is not an address to listen on.",
                    "Write scheme, host and port without a path: https://localhost:8443, https://*:8443 for every address, "
                        + "http://127.0.0.1:8080 behind a proxy, https://[::1]:8443.");
            else if (listen.Take(i)
                .FirstOrDefault(other => ListenAddress.TryParse(other, out var before) && before.Overlaps(address)) is { } taken)
                yield return new($"listen[{i}]", $"\"{listen[i]}\" overlaps with \"{taken}\": both include the same address and port.",
                    "Keep one of the two.");
        }
    }
}
