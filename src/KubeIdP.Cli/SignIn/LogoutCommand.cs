using System.CommandLine;
using KubeIdP.Cli.Network;
using KubeIdP.Cli.Store;
using KubeIdP.Cli.Terminal;

namespace KubeIdP.Cli.SignIn;

/// <summary><c>kubeidp logout</c>.</summary>
internal static class LogoutCommand
{
    public static Command Create(IssuerOptions issuer)
    {
        var all = new Option<bool>("--all") { Description = "At every issuer." };
        var command = new Command("logout", "Sign out: end the login at the issuer, and delete its tokens from this machine.") { all };
        command.SetAction(async (parsed, ct) =>
        {
            if (!parsed.GetValue(all))
            {
                using var access = issuer.Open(parsed, Console.Error.WriteLine, TimeProvider.System);
                return await RunAsync(access, Console.Out.WriteLine, ct) ? 0 : ExitCode.NotDone;
            }

            var isDone = true;
            foreach (var state in IssuerState.All(StateHome.Find()))
            {
                using var access = new IssuerAccess(state, IssuerOptions.AuthorityOf(state), Console.Error.WriteLine, TimeProvider.System);
                isDone &= await RunAsync(access, Console.Out.WriteLine, ct);
            }

            return isDone ? 0 : ExitCode.NotDone;
        });
        return command.With("logout", "logout --all");
    }

    /// <summary>Deletes the files in any case.</summary>
    /// <param name="tell">Gets what was done.</param>
    /// <returns>Whether the server has ended it too.</returns>
    public static async Task<bool> RunAsync(IssuerAccess access, Action<string> tell, CancellationToken ct)
    {
        if (access.State.ReadSession() is null)
        {
            tell($"Nobody is signed in at {access.Issuer}.");
            return true;
        }

        access.State.Prepare();
        using var held = await access.State.LockSessionAsync("signing out", () => false, access.Say, access.Clock, ct);
        var session = access.State.ReadSession();
        CommandFault? fault = null;
        try
        {
            if (session is not null) await Revocation.RunAsync(access, session, ct);
        }
        catch (CommandFault failed)
        {
            fault = failed;
        }

        access.State.DeleteAll();
        if (fault is null)
        {
            tell($"Signed out at {access.Issuer}.");
            return true;
        }

        var until = session?.Person?.EndsAt is { } end ? $" until {WhoAmICommand.Local(end)}" : "";
        access.Say($"{fault.Message}\nThe tokens are deleted from this machine, but the session at {access.Issuer} goes on{until}. "
            + $"End it on {access.Issuer.TrimEnd('/')}/account.");
        return false;
    }
}
