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
            var states = IssuerState.All(StateHome.Find());
            if (states is [] && (parsed.GetValue(all) || issuer.Given(parsed).Issuer is null))
            {
                await Console.Out.WriteLineAsync("Nobody is signed in.");
                return 0;
            }

            if (!parsed.GetValue(all))
            {
                using var access = issuer.Open(parsed, Console.Error.WriteLine, TimeProvider.System);
                return await RunAsync(access, Console.Out.WriteLine, ct) ? 0 : ExitCode.NotDone;
            }

            var isDone = true;
            foreach (var state in states)
            {
                using var access = new IssuerAccess(state, IssuerOptions.AuthorityOf(state), Console.Error.WriteLine, TimeProvider.System);
                isDone &= await RunAsync(access, Console.Out.WriteLine, ct);
            }

            return isDone ? 0 : ExitCode.NotDone;
        });
        return command.With("logout", "logout --all");
    }

    /// <summary>Deletes the files in any case, also those that can't be read.</summary>
    /// <param name="tell">Gets what was done.</param>
    /// <returns>Whether the server has ended it too.</returns>
    public static async Task<bool> RunAsync(IssuerAccess access, Action<string> tell, CancellationToken ct)
    {
        if (!access.State.Exists) return Nobody();

        access.State.Prepare();
        using var held = await access.State.LockSessionAsync("signing out", () => false, access.Say, access.Clock, ct);
        if (!access.State.HasTokens)
        {
            access.State.DeleteAll();
            return Nobody();
        }

        var (session, isDamaged) = (access.State.ReadSession(), access.State.HasSession && access.State.ReadSession() is null);
        CommandFault? fault = null;
        try
        {
            if (access.Issuer.Length > 0) await Revocation.AllAsync(access, session, ct);
            if (isDamaged)
            {
                fault = new CommandFault(
                    $"The login in {access.State.Folder} is damaged, so that the issuer could not be told to end it.");
            }
        }
        catch (CommandFault failed)
        {
            fault = failed;
        }

        access.State.DeleteAll();
        if (fault is null && access.Issuer.Length > 0)
        {
            tell($"Signed out at {access.Issuer}.");
            return true;
        }

        if (access.Issuer.Length == 0)
        {
            access.Say($"{fault?.Message ?? $"The tokens in {access.State.Folder} are damaged."}\nIt is deleted from this machine.");
            return false;
        }

        var until = session?.Person?.EndsAt is { } end ? $" until {WhoAmICommand.Local(end)}" : "";
        access.Say($"{fault!.Message}\nThe tokens are deleted from this machine, but the session at {access.Issuer} goes on{until}. "
            + $"End it on {access.Issuer.TrimEnd('/')}/account.");
        return false;

        bool Nobody()
        {
            tell($"Nobody is signed in{(access.Issuer.Length > 0 ? $" at {access.Issuer}" : "")}.");
            return true;
        }
    }
}
