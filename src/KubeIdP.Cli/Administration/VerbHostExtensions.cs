namespace KubeIdP.Cli.Administration;

internal static class VerbHostExtensions
{
    /// <summary>The reason in an example, where a command needs one; else nothing.</summary>
    public static string Why(this IVerbHost host, string reason) => host.NeedsReason ? $" --reason \"{reason}\"" : "";
}
