namespace KubeIdP.Server.Api;

internal static class ApiEnum
{
    /// <summary>Null when the text is not a name of the enum; numbers are refused.</summary>
    public static T? Parse<T>(string text)
        where T : struct, Enum =>
        Enum.TryParse(text, ignoreCase: true, out T value) && text.Equals(Enum.GetName(value), StringComparison.OrdinalIgnoreCase)
            ? value
            : null;
}
