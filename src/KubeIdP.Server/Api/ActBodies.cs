using System.Text.Json;
using KubeIdP.Cli.Api;
using KubeIdP.Server.Accounts;

namespace KubeIdP.Server.Api;

/// <summary>Reads the argument from the body of an act.</summary>
internal static class ActBodies
{
    /// <summary>
    /// The value of the argument; null when it is missing or of another kind, because a forgotten value must not remove anything.
    /// </summary>
    public static PersonActValue? ValueOf(this ApiActBody body, PersonActArgument argument)
    {
        // Like the names of the declared members.
        var member = body.Members.LastOrDefault(member => member.Key.Equals(argument.Member, StringComparison.OrdinalIgnoreCase)).Value;
        return argument switch
        {
            PersonActArgument.Names when member.ValueKind is JsonValueKind.Array && member.EnumerateArray().All(IsText) =>
                new PersonActValue.Names([.. member.EnumerateArray().Select(name => name.GetString()!)]),
            PersonActArgument.Text when IsText(member) => new PersonActValue.Text(NewAccount.TextOrNull(member.GetString())),
            _ => null,
        };
    }

    /// <summary>What is wrong when <see cref="ValueOf"/> is null.</summary>
    public static string Missing(PersonActArgument argument) => argument is PersonActArgument.Names
        ? $"{argument.Member} must be a list of names; an empty list removes all {argument.Words}."
        : $"{argument.Member} is required; an empty text removes it.";

    private static bool IsText(JsonElement element) => element.ValueKind is JsonValueKind.String;
}
