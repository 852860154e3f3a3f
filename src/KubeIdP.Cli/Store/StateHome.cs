using System.Globalization;
using System.Text;

namespace KubeIdP.Cli.Store;

/// <summary>The folder in which this program keeps its state, and the names in it.</summary>
internal static class StateHome
{
    /// <summary>The variable that names another folder.</summary>
    public const string Variable = "KUBEIDP_HOME";

    private const int LongestName = 100;

    /// <summary>The folder for this user.</summary>
    /// <exception cref="CommandFault">The environment names no home directory.</exception>
    public static string Find() =>
        FolderFor(
            OperatingSystem.IsWindows() ? HomeKind.Windows : OperatingSystem.IsMacOS() ? HomeKind.MacOs : HomeKind.Other,
            Environment.GetEnvironmentVariable);

    /// <exception cref="CommandFault">The environment names no home directory.</exception>
    public static string FolderFor(HomeKind kind, Func<string, string?> variable)
    {
        if (Given(Variable) is { } chosen) return Path.GetFullPath(chosen);

        return kind switch
        {
            HomeKind.Windows => Path.Combine(Required("LOCALAPPDATA"), "kubeidp"),
            HomeKind.MacOs => Path.Combine(Required("HOME"), "Library", "Application Support", "kubeidp"),

            // XDG Base Directory Specification: a path that is not absolute is ignored.
            _ when Given("XDG_STATE_HOME") is { } state && Path.IsPathRooted(state) => Path.Combine(state, "kubeidp"),
            _ => Path.Combine(Required("HOME"), ".local", "state", "kubeidp"),
        };

        string? Given(string name) => variable(name) is { Length: > 0 } value ? value : null;

        string Required(string name) =>
            Given(name) ?? throw new CommandFault($"The variable {name} is not set. Set {Variable} to a folder for the state of kubeidp.");
    }

    /// <summary>The folder of an issuer: its host, so that people find it, and a hash that tells issuers and authorities apart.</summary>
    /// <param name="authority">The fingerprint of the certificate authority; null for none.</param>
    public static string FolderOf(string issuer, string? authority)
    {
        var host = Uri.TryCreate(issuer, UriKind.Absolute, out var url) ? url.Host : "issuer";
        var readable = string.Concat(host.Where(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-')).Trim('.');
        if (readable.Length > LongestName) readable = readable[..LongestName];
        return $"{(readable.Length > 0 ? readable : "issuer")}-{ShortHash.Of($"{issuer}\n{authority}")}";
    }

    /// <summary>The file name of a cluster, without its ending. Two clusters never share one, also where case does not count.</summary>
    public static string FileOf(string cluster)
    {
        var name = new StringBuilder("cluster-");
        foreach (var value in Encoding.UTF8.GetBytes(cluster))
        {
            if (char.IsAsciiLetterLower((char)value) || char.IsAsciiDigit((char)value) || value is (byte)'-' or (byte)'_' or (byte)'.')
                name.Append((char)value);
            else
                name.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
        }

        return name.Length <= LongestName ? name.ToString() : $"{name.ToString(0, LongestName)}-{ShortHash.Of(cluster)}";
    }
}

/// <summary>Where an operating system keeps the state of programs.</summary>
internal enum HomeKind
{
    /// <summary>Linux and other systems with the XDG directories.</summary>
    Other,

    MacOs,

    Windows,
}
