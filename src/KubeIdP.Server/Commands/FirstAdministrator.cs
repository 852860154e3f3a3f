using KubeIdP.Cli.Terminal;
using KubeIdP.Core.Files;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Onboarding;

namespace KubeIdP.Server.Commands;

/// <summary>
/// Hands out the setup link while there is no administrator: on the terminal on which the server was started, or in a file that only the
/// server's account can read. Never in the log, which other people read.
/// </summary>
internal static class FirstAdministrator
{
    /// <param name="services">The server's services.</param>
    /// <param name="terminal">Null when the output is not a terminal.</param>
    /// <param name="ct">Cancels the start.</param>
    public static async Task PrepareAsync(IServiceProvider services, TextWriter? terminal, CancellationToken ct)
    {
        var log = services.GetRequiredService<ILogger<SetupLinks>>();
        var folder = services.GetRequiredService<DataDirectory>().Path;
        switch (await services.GetRequiredService<SetupLinks>().EnsureAsync(ct))
        {
            case SetupLinkAnswer.Made made when terminal is not null:
                await terminal.WriteLineAsync(
                    $"There is no administrator yet. Open this link to create one; it is valid "
                    + $"until {TextTable.Timestamp(made.ExpiresAt)}:\n  {made.Url}\n");
                break;

            case SetupLinkAnswer.Made made:
                WriteFile(folder, made, log);
                break;

            case SetupLinkAnswer.OtherIsValid:
                log.SetupLinkStillValid();
                break;

            case SetupLinkAnswer.AdministratorExists:
                SetupLinkFile.Delete(folder);
                break;
        }
    }

    private static void WriteFile(string folder, SetupLinkAnswer.Made made, ILogger log)
    {
        var file = SetupLinkFile.In(folder);
        try
        {
            PrivateFiles.CreateFolder(folder);
            using (PrivateFiles.Lock(file + ".lock"))
                PrivateFiles.Write(file, made.Url + "\n", PrivateFiles.OwnerOnly);
            log.SetupLinkWritten(file, made.ExpiresAt);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // With PostgreSQL the server needs no data folder, so a read-only file system must not prevent the start.
            log.SetupLinkNotWritten(file, fault.Message);
        }
    }
}
