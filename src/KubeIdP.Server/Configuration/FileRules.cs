using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KubeIdP.Server.Configuration;

internal static class FileRules
{
    /// <summary>The fault if the file of a key can't be read.</summary>
    public static IEnumerable<SettingsFault> Readable(string key, string? path)
    {
        if (path is null) yield break;

        SettingsFault? fault = null;
        try
        {
            File.OpenRead(path).Dispose();
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            fault = new(key, $"The file {path} can't be read: {reason.Message}",
                "Check the path, the mount, and that the account of this process may read it.");
        }

        if (fault is not null) yield return fault;
    }

    /// <summary>The fault if the file of a key contains no certificate authorities.</summary>
    public static IEnumerable<SettingsFault> Authorities(string key, string? path)
    {
        if (path is null) yield break;

        var unreadable = Readable(key, path).ToList();
        foreach (var fault in unreadable) yield return fault;
        if (unreadable is [] && !HoldsCertificates(path))
            yield return new(key, $"The file {path} holds no certificate.",
                "Give a PEM file with the certificate of the authority that signed the server's certificate.");
    }

    private static bool HoldsCertificates(string path)
    {
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(path);
            return authorities.Count > 0;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return false;
        }
    }
}
