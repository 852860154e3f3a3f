namespace KubeIdP.Cli.Kubeconfigs;

/// <summary>The home folder of this user, in which kubectl has its files. It need not exist yet.</summary>
internal static class HomeFolder
{
    /// <exception cref="CommandFault">The machine names none.</exception>
    public static string Find() => Checked(
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify));

    /// <summary>A path that is empty or relative would lead into whichever folder is the current one.</summary>
    /// <exception cref="CommandFault">It is no whole path.</exception>
    public static string Checked(string home) => Path.IsPathFullyQualified(home) ? home : throw new CommandFault(
        $"This user has no home folder. Set the variable {(OperatingSystem.IsWindows() ? "USERPROFILE" : "HOME")} to its path.");
}
