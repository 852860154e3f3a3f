using System.Text.Json;
using System.Text.Json.Serialization;

namespace KubeIdP.Cli.Api;

/// <summary>The body of an act with an argument: the reason, and the argument as the member that its definition names.</summary>
internal sealed record ApiActBody(string Reason, bool Tell = false)
{
    /// <summary>The members beside the declared ones; the server has checked the texts in them.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement> Members { get; set; } = [];

    /// <param name="argument">Of the act.</param>
    /// <param name="value">Of the kind of the argument.</param>
    /// <param name="reason">For the audit log.</param>
    /// <param name="tell">Whether the people whose sessions end see the reason.</param>
    public static ApiActBody Of(PersonActArgument argument, PersonActValue value, string reason, bool tell) => new(reason, tell)
    {
        Members =
        {
            [argument.Member] = value switch
            {
                PersonActValue.Names(var all) => JsonSerializer.SerializeToElement(all, ApiJsonContext.Default.IReadOnlyListString),
                PersonActValue.Text(var content) => JsonSerializer.SerializeToElement(content ?? "", ApiJsonContext.Default.String),
                _ => throw new InvalidOperationException("A value of an unknown kind."),
            },
        },
    };
}
