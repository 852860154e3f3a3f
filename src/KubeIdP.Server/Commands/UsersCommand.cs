using System.CommandLine;

namespace KubeIdP.Server.Commands;

/// <summary>People and their accounts, for when the web is not available and for scripts.</summary>
internal static class UsersCommand
{
    public static Command Create(CommandContext context) => new("users", "People and their accounts.")
    {
        UsersAddCommand.Create(context),
        UsersListCommand.Create(context),
        UsersShowCommand.Create(context),
        UserChanges.Disable(context),
        UserChanges.Enable(context),
        UserChanges.SetGroups(context),
        UserChanges.Invite(context),
        UserChanges.ResetFactors(context),
        UserChanges.Remove(context),
    };

    public static Argument<string> Name() => new("NAME") { Description = "The user name, as Kubernetes will see it." };

    public static Option<string[]> Groups() =>
        new("--group") { Description = "A group for the token; may be given several times.", DefaultValueFactory = _ => [] };
}
