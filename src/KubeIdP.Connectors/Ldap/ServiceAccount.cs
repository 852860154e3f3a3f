using KubeIdP.Ldap;

namespace KubeIdP.Connectors.Ldap;

/// <summary>The account that searches, and where its password is.</summary>
internal sealed record ServiceAccount(string Name, string? PasswordFile, string? GivenPassword)
{
    public static ServiceAccount? Of(LdapOptions options) =>
        options.BindDn is { } name ? new(name, options.BindPasswordFile, options.BindPassword) : null;

    /// <summary>Null when the file holds a password.</summary>
    public static string? FaultOfFile(string file)
    {
        try
        {
            return Read(file).Length > 0 ? null : $"The password file {file} is empty.";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return $"The password file {file} can't be read: {fault.Message}";
        }
    }

    /// <summary>Read each time, so that a password can be changed while the server runs.</summary>
    /// <exception cref="LdapException">The file can't be read, or contains no password.</exception>
    public string Password()
    {
        if (PasswordFile is null) return GivenPassword!;

        return FaultOfFile(PasswordFile) is { } fault ? throw new LdapException(LdapErrorKind.Setting, fault) : Read(PasswordFile);
    }

    // Editors end a file with a line break, which no password does.
    private static string Read(string file) => File.ReadAllText(file).TrimEnd('\r', '\n');

    // A record prints its members.
    public override string ToString() => Name;
}
