using KubeIdP.Cli.Api;

namespace KubeIdP.Server.Tests.Administration;

/// <summary>A value for each kind of argument of an act, in the ways in which it is given.</summary>
internal static class ActSamples
{
    private static readonly string[] Names = ["dev", "qa"];

    private const string Text = "Somebody Else";

    public static PersonActValue ValueFor(PersonActArgument argument) => argument switch
    {
        PersonActArgument.Names => new PersonActValue.Names(Names),
        PersonActArgument.Text => new PersonActValue.Text(Text),
        _ => throw new ArgumentOutOfRangeException(nameof(argument)),
    };

    /// <summary>In the field of the page.</summary>
    public static string TypedFor(PersonActArgument argument) => argument is PersonActArgument.Names ? string.Join('\n', Names) : Text;

    /// <summary>As arguments and options of the command.</summary>
    public static string[] WordsFor(PersonActArgument argument) => argument is PersonActArgument.Names { Option: var option }
        ? [.. Names.SelectMany(name => (string[])[option, name])]
        : [Text];
}
