namespace KubeIdP.Server.Admin.People;

/// <summary>Groups in a text field, one per line, because a group name may contain any other character.</summary>
internal static class GroupLines
{
    public static IReadOnlyList<string> Of(string? text) =>
        text?.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    public static string ToText(IEnumerable<string> groups) => string.Join('\n', groups);
}
