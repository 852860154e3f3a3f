using System.CommandLine;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Commands;

/// <summary>A moment, in UTC where it says nothing else, as all that is printed is.</summary>
internal static class TimestampOption
{
    public static Option<DateTimeOffset?> Create(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "moment",
        CustomParser = given =>
        {
            if (given.Tokens is [var token] && MomentText.Parse(token.Value) is { } moment) return moment;

            given.AddError($"{name} takes a moment, such as 2027-01-31T09:00Z.");
            return null;
        },
    };
}
