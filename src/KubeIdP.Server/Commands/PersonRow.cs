using KubeIdP.Core.Naming;

namespace KubeIdP.Server.Commands;

/// <summary>A person in what the commands print as text.</summary>
internal static class PersonRow
{
    /// <summary>A user name as an administrator reads it: one that mixes scripts may look like another one's.</summary>
    public static string Shown(string name) => UserName.MixesScripts(name) ? $"{name} (letters of several scripts)" : name;
}
