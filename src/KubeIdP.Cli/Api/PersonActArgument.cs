using System.Text.Json;

namespace KubeIdP.Cli.Api;

/// <summary>
/// What an act replaces about a person. Pages, API and commands ask for the new value beside the reason, and read it by the kind of the
/// argument; the kinds are a closed set.
/// </summary>
internal abstract record PersonActArgument
{
    private PersonActArgument(string member)
    {
        Member = member;
        Path = JsonNamingPolicy.KebabCaseLower.ConvertName(member);
    }

    /// <summary>The member of the body in the API, such as <c>displayName</c>.</summary>
    public string Member { get; }

    /// <summary>The same in the address of the page and in the path of the API, such as <c>display-name</c>.</summary>
    public string Path { get; }

    /// <summary>The same in English sentences of the API and the commands, such as <c>display name</c>.</summary>
    public string Words => Path.Replace('-', ' ');

    /// <summary>What one name or the text is, for <c>--help</c>; without a full stop.</summary>
    public required string Description { get; init; }

    /// <summary>
    /// The complete list of some names: a text field with a name on each line; in JSON a list of texts, which may be empty; in commands an
    /// option for each name, or <c>--none</c>.
    /// </summary>
    /// <param name="Member">In the plural.</param>
    /// <param name="Option">The option for one name, such as <c>--group</c>.</param>
    public sealed record Names(string Member, string Option) : PersonActArgument(Member);

    /// <summary>
    /// One line of text, which may be empty to remove it: a field of the page, a text in JSON; in commands an argument, or <c>--none</c>.
    /// </summary>
    /// <param name="MaxLength">Of the field, in UTF-16 units.</param>
    public sealed record Text(string Member, int MaxLength) : PersonActArgument(Member);
}
