using System.Text.Json;
using System.Text.Json.Serialization;
using KubeIdP.Server.Administration;

namespace KubeIdP.Server.Api;

/// <summary>The body of an act with an argument: the reason, and the argument as the member that its definition names.</summary>
internal sealed record ApiActBody(string Reason, bool Tell = false)
{
    /// <summary>The members beside the declared ones; ApiText has checked the texts in them.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement> Members { get; init; } = [];

    /// <param name="value">Of the kind of the argument.</param>
    public static ApiActBody Of(PersonActArgument argument, PersonActValue value, string reason, bool tell) => new(reason, tell)
    {
        Members =
        {
            [argument.Member] = value switch
            {
                PersonActValue.Names(var all) => JsonSerializer.SerializeToElement(all),
                PersonActValue.Text(var content) => JsonSerializer.SerializeToElement(content ?? ""),
                _ => throw new InvalidOperationException("A value of an unknown kind."),
            },
        },
    };

    /// <summary>
    /// The value of the argument; null when it is missing or of another kind, because a forgotten value must not remove anything.
    /// </summary>
    public PersonActValue? ValueOf(PersonActArgument argument)
    {
        // Like the names of the declared members.
        var member = Members.LastOrDefault(member => member.Key.Equals(argument.Member, StringComparison.OrdinalIgnoreCase)).Value;
        return argument switch
        {
            PersonActArgument.Names when member.ValueKind is JsonValueKind.Array && member.EnumerateArray().All(IsText) =>
                new PersonActValue.Names([.. member.EnumerateArray().Select(name => name.GetString()!)]),
            PersonActArgument.Text when IsText(member) => PersonActValue.Text.Typed(member.GetString()),
            _ => null,
        };
    }

    /// <summary>What is wrong when <see cref="ValueOf"/> is null.</summary>
    public static string Missing(PersonActArgument argument) => argument is PersonActArgument.Names
        ? $"{argument.Member} must be a list of names; an empty list removes all {argument.Words}."
        : $"{argument.Member} is required; an empty text removes it.";

    private static bool IsText(JsonElement element) => element.ValueKind is JsonValueKind.String;
}
