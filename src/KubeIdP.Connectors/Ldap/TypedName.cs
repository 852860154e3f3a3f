using KubeIdP.Core.Naming;

namespace KubeIdP.Connectors.Ldap;

/// <summary>Which typed names and passwords may be sent to a directory.</summary>
internal static class TypedName
{
    private const int MaxNameLength = 256;
    private const int MaxPasswordLength = 1024;

    /// <summary>False: no person can have such a name, so no directory is asked.</summary>
    public static bool CanBe(string name) => name.Trim().Length > 0 && name.Length <= MaxNameLength && !TokenName.HidesSomething(name);

    /// <summary>
    /// False: no person can have such a password. A directory may answer an empty one with success (RFC 4513 §5.1.2), and some cut a
    /// password at a NUL, which may make it empty.
    /// </summary>
    public static bool CanBePassword(string password) =>
        !string.IsNullOrWhiteSpace(password) && password.Length <= MaxPasswordLength && !password.Contains('\0', StringComparison.Ordinal)
            && IsWhole(password);

    // Half a surrogate pair has no UTF-8 and would become another text on the way.
    private static bool IsWhole(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else if (char.IsSurrogate(text[i]))
                return false;
        }

        return true;
    }
}
