namespace KubeIdP.Server.Admin.People;

/// <summary>Groups in a field of several lines: a group's name may hold any other sign.</summary>
internal static class GroupLines
{
    public static IReadOnlyList<string> Of(string? text) =>
        text?.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    public static string ToText(IEnumerable<string> groups) => string.Join('\n', groups);
}
