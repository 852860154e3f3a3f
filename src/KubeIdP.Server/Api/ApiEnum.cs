namespace KubeIdP.Server.Api;

/// <summary>A text of a query that is a name of an enumeration, as the document says. ASP.NET Core by itself would take the names in the code's spelling alone.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NamesOfAttribute(Type type) : Attribute
{
    public Type Type => type;
}

internal static class ApiEnum
{
    /// <summary>Null for what is no name of it; numbers are none.</summary>
    public static T? Parse<T>(string text)
        where T : struct, Enum =>
        Enum.TryParse(text, ignoreCase: true, out T value) && text.Equals(Enum.GetName(value), StringComparison.OrdinalIgnoreCase) ? value : null;
}
