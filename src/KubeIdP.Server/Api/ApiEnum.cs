namespace KubeIdP.Server.Api;

/// <summary>A value of an enumeration in a query, written as in JSON; by itself ASP.NET Core would take the names that they have in the code alone.</summary>
internal readonly record struct ApiEnum<T>(T Value)
    where T : struct, Enum
{
    // Numbers are no names.
    public static bool TryParse(string? text, out ApiEnum<T> value)
    {
        var isName = Enum.TryParse(text, ignoreCase: true, out T parsed) && Enum.GetName(parsed) is { } name && name.Equals(text, StringComparison.OrdinalIgnoreCase);
        value = new ApiEnum<T>(parsed);
        return isName;
    }
}
