using System.CommandLine;

namespace KubeIdP.Server.Commands;

/// <summary>The accounts that live here. What can be done to people of every upstream is in <see cref="PeopleCommand"/> as well.</summary>
internal static class UsersCommand
{
    public static Command Create(CommandContext context)
    {
        var users = new Command("users", "Local accounts; people of all upstreams: people.")
        {
            UsersAddCommand.Create(context),
            PeopleCommand.List(context, PeopleScope.LocalAccounts),
            PersonShowCommand.Create(context, PeopleScope.LocalAccounts),
            UserChanges.Disable(context, PeopleScope.LocalAccounts),
            UserChanges.Enable(context, PeopleScope.LocalAccounts),
            UserChanges.SetGroups(context),
            UserChanges.SetDisplayName(context),
            UserChanges.Invite(context),
            UserChanges.ResetFactors(context, PeopleScope.LocalAccounts),
            UserChanges.Unlock(context, PeopleScope.LocalAccounts),
            UsersEnrolCommand.Create(context),
            UserChanges.Remove(context),
        };
        context.Server.AddTo(users);
        return users;
    }

    public static Argument<string> Name() => new("NAME") { Description = "The user name, as Kubernetes will see it." };

    public static Option<string[]> Groups() =>
        new("--group") { Description = "A group for the token; may be given several times.", DefaultValueFactory = _ => [] };
}
