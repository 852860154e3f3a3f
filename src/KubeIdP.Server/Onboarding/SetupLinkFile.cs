namespace KubeIdP.Server.Onboarding;

/// <summary>
/// The file with the setup link that a server without a terminal has made at its start. A link in it that no longer works would only
/// confuse: whatever ends it deletes the file.
/// </summary>
internal static class SetupLinkFile
{
    /// <param name="folder">The data directory.</param>
    public static string In(string folder) => Path.Combine(folder, "setup-link");

    /// <summary>Does nothing where there is no such file, or another replica has it.</summary>
    public static void Delete(string folder)
    {
        try
        {
            // One without content is being written, by somebody who has named this file for their own link.
            if (new FileInfo(In(folder)) is { Exists: true, Length: > 0 } file) file.Delete();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The folder is read-only: there is no file, or one with a link that no longer works.
        }
    }
}
