using KubeIdP.Core.Naming;

namespace KubeIdP.Cli.Administration;

/// <summary>How commands print a person as text.</summary>
internal static class PersonRow
{
    /// <summary>A user name, with a warning when it mixes scripts, because it may look like another user name.</summary>
    public static string Shown(string name) => UserName.MixesScripts(name) ? $"{name} (letters of several scripts)" : name;
}
