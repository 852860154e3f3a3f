using KubeIdP.Server.Configuration;
using KubeIdP.Server.Onboarding;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Commands;

/// <summary>
/// Hands the setup link to whoever started a server without an administrator: on their terminal, or in a file that only its account can read. Never in
/// the log, which others read.
/// </summary>
internal static class FirstAdministrator
{
    private const string FileName = "setup-link";

    /// <param name="services">The server's.</param>
    /// <param name="terminal">Null when nobody is watching the output.</param>
    /// <param name="ct">Ends the start.</param>
    public static async Task PrepareAsync(IServiceProvider services, TextWriter? terminal, CancellationToken ct)
    {
        var log = services.GetRequiredService<ILogger<SetupLinks>>();
        var folder = services.GetRequiredService<DataDirectory>().Path;
        switch (await services.GetRequiredService<SetupLinks>().EnsureAsync(ct))
        {
            case SetupLinkAnswer.Made made when terminal is not null:
                await terminal.WriteLineAsync($"There is no administrator yet. Until {TextTable.Moment(made.ExpiresAt)} this link makes the first one:\n  {made.Url}\n");
                break;

            case SetupLinkAnswer.Made made:
                WriteFile(folder, made, log);
                break;

            case SetupLinkAnswer.OtherIsGood:
                log.SetupLinkIsGood();
                break;

            case SetupLinkAnswer.AdministratorExists:
                Delete(Path.Combine(folder, FileName));
                break;
        }
    }

    /// <summary>The link is dead by now, and nobody should wonder whether it is not.</summary>
    private static void Delete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Its folder is not there, or can't be written: there is nothing, or what nobody can use.
        }
    }

    private static void WriteFile(string folder, SetupLinkAnswer.Made made, ILogger log)
    {
        var file = Path.Combine(folder, FileName);
        try
        {
            PrivateFiles.CreateFolder(folder);
            using (PrivateFiles.Lock(file + ".lock"))
                PrivateFiles.Write(file, made.Url + "\n", PrivateFiles.OwnerOnly);
            log.SetupLinkWritten(file, made.ExpiresAt);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // With PostgreSQL the server needs no folder of its own, so a file system that is read-only must not stop it.
            log.SetupLinkNotWritten(file, fault.Message);
        }
    }
}
