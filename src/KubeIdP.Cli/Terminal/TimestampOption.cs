using System.CommandLine;
using KubeIdP.Core.Naming;

namespace KubeIdP.Cli.Terminal;

/// <summary>A point in time; UTC without an offset, like all printed times.</summary>
internal static class TimestampOption
{
    public static Option<DateTimeOffset?> Create(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "time",
        CustomParser = given =>
        {
            if (given.Tokens is [var token] && TimestampText.Parse(token.Value) is { } time) return time;

            given.AddError($"{name} takes a time, such as 2027-01-31T09:00Z.");
            return null;
        },
    };
}
