namespace KubeIdP.Server.Api;

/// <summary>
/// A query text that is a name of an enum, for the document. ASP.NET Core itself would accept only the C# spelling of the names.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NamesOfAttribute(Type type) : Attribute
{
    public Type Type => type;
}

internal static class ApiEnum
{
    /// <summary>Null when the text is not a name of the enum; numbers are refused.</summary>
    public static T? Parse<T>(string text)
        where T : struct, Enum =>
        Enum.TryParse(text, ignoreCase: true, out T value) && text.Equals(Enum.GetName(value), StringComparison.OrdinalIgnoreCase)
            ? value
            : null;
}
