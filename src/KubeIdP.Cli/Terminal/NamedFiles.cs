namespace KubeIdP.Cli.Terminal;

/// <summary>
/// Whether commands may write the files that somebody names. Where a command runs for somebody under another account, as root's commands do
/// with the package for Debian, it may not: the file would belong to that account, which could change it later. Their shell writes it
/// instead, from standard output.
/// </summary>
internal static class NamedFiles
{
    /// <summary>Set, to anything, where commands run for somebody under another account.</summary>
    private const string Variable = "KUBEIDP_PRINT_ONLY";

    /// <summary>What to say instead of writing; null if the file may be written.</summary>
    /// <param name="how">How to have it printed, for the file of the shell.</param>
    public static string? Refusal(string how) => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 }
        ? "Nothing was done. This command runs under the account of the server, also for root, and a file that it wrote would belong to "
            + $"that account. {how}"
        : null;
}
