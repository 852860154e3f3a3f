using System.Globalization;
using System.Text;

namespace KubeIdP.Cli.Api;

/// <summary>The query of a URL.</summary>
internal static class QueryText
{
    /// <summary>Empty without a value; else with its question mark. Missing values and those that are false are left out.</summary>
    public static string Of(params IReadOnlyList<(string Name, string? Value)> parameters)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in parameters)
        {
            if (value is not null) text.Append(text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        return text.ToString();
    }

    public static string? Value(DateTimeOffset? time) => time?.ToString("O", CultureInfo.InvariantCulture);

    public static string? Value(int? number) => number?.ToString(CultureInfo.InvariantCulture);

    /// <summary>Null for false.</summary>
    public static string? Value(bool? flag) => flag is true ? "true" : null;
}
