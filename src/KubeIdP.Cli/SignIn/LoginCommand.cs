using System.CommandLine;
using KubeIdP.Cli.Network;
using KubeIdP.Cli.Store;
using KubeIdP.Cli.Terminal;

namespace KubeIdP.Cli.SignIn;

/// <summary><c>kubeidp login</c>.</summary>
internal static class LoginCommand
{
    public static Command Create(IssuerOptions issuer)
    {
        var deviceCode = new Option<bool>("--device-code")
        {
            Description = "Sign in with a browser on another machine, by a code that is typed there.",
        };
        var noBrowser = new Option<bool>("--no-browser")
        {
            Description = "Open no browser here: print the address, for one that reaches this machine.",
        };
        var force = new Option<bool>("--force") { Description = "Sign in anew, also where somebody is signed in." };
        var command = new Command("login", "Sign in, once for all clusters of an issuer.") { deviceCode, noBrowser, force };
        command.SetAction(async (parsed, ct) =>
        {
            using var access = issuer.Open(parsed, Console.Error.WriteLine, TimeProvider.System);
            var wish = new SignInWish(parsed.GetValue(deviceCode), parsed.GetValue(noBrowser));
            await Console.Out.WriteLineAsync(
                await RunAsync(access, wish, Surroundings.OfThisProcess(), parsed.GetValue(force), ct));
        });
        return command.With("login --issuer https://idp.example.com", "login --device-code");
    }

    /// <summary>What it ended with.</summary>
    /// <exception cref="CommandFault">Nobody is signed in after it.</exception>
    public static async Task<string> RunAsync(
        IssuerAccess access, SignInWish wish, Surroundings here, bool force, CancellationToken ct)
    {
        if (!force && await SignedInAsync(access, ct) is { } already)
            return $"{Sentence("Already signed in", already)} To sign in anew, add --force.";

        var before = access.State.ReadSession();
        access.State.Prepare();
        using (var held = await access.State.LockSessionAsync("signing in", () => false, access.Say, access.Clock, ct))
        {
            // Somebody may have signed in while this process waited.
            if (access.State.ReadSession() is not { Self: not null } now || now.Login == before?.Login)
                await new Login(access).RunAsync(wish, here, held!, ct);
        }

        await Revocation.TryAsync(access, before, ct);
        try
        {
            return Sentence("Signed in", await new OwnIdentity(access).AskAsync(ct));
        }
        catch (CommandFault fault) when (fault is not NotSignedIn && new OwnIdentity(access).Stored() is { } stored)
        {
            return Sentence("Signed in", stored);
        }
    }

    private static async Task<WhoAmI?> SignedInAsync(IssuerAccess access, CancellationToken ct)
    {
        if (access.State.ReadSession()?.Self is null) return null;

        try
        {
            return await new OwnIdentity(access).AskAsync(ct);
        }
        catch (NotSignedIn over)
        {
            if (over.Sentence is { } sentence) access.Say(sentence);
            return null;
        }
    }

    private static string Sentence(string what, WhoAmI me) => Plain.Text(
        $"{what} at {me.Issuer} as {me.Username}{(me.EndsAt is { } end ? $" until {WhoAmICommand.Local(end)}" : "")}.");
}
