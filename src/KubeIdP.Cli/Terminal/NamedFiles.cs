namespace KubeIdP.Cli.Terminal;

/// <summary>
/// Whether commands may use the files that somebody names. Where a command runs for somebody under another account, as root's commands do
/// with the package for Debian, it writes none: the file would belong to that account, which could change it later. And it can't read those
/// that are closed to that account. Their shell does both instead, by standard output and standard input.
/// </summary>
internal static class NamedFiles
{
    /// <summary>The name of standard output or standard input in the place of a file.</summary>
    public const string Standard = "-";

    /// <summary>Set, to anything, where commands run for somebody under another account.</summary>
    private const string Variable = "KUBEIDP_PRINT_ONLY";

    private const string WhoseAccount = "This command runs under the account of the server, also for root, and";

    private static bool IsForAnother => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 };

    public static bool IsStandard(FileInfo file) => file.ToString() == Standard;

    /// <summary>What to say instead of writing; null if the file may be written.</summary>
    /// <param name="how">How to have it printed, for the file of the shell.</param>
    public static string? Refusal(string how) => IsForAnother
        ? $"Nothing was done. {WhoseAccount} a file that it wrote would belong to that account. {how}"
        : null;

    /// <summary>
    /// What to say where the file can't be read because of the account; null if it can be, or if that is not the reason.
    /// </summary>
    /// <param name="how">How to have it read.</param>
    public static string? ReadRefusal(string file, string how)
    {
        if (!IsForAnother) return null;

        try
        {
            File.OpenRead(file).Dispose();
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return $"Nothing was done. {WhoseAccount} that account can't read {file}. {how}";
        }
    }
}
