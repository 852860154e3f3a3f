using System.Globalization;
using System.Text;

namespace KubeIdP.Cli.Store;

/// <summary>
/// FNV-1a with 64 bits, for names of files. It resists nobody who looks for collisions, and need not: each file says in full what it is of.
/// A cryptographic hash would load OpenSSL, which alone takes longer than all else when a token is read from its file.
/// </summary>
internal static class ShortHash
{
    public static string Of(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var value in Encoding.UTF8.GetBytes(text)) hash = unchecked((hash ^ value) * 1099511628211UL);
        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }
}
