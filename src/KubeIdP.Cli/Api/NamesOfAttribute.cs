namespace KubeIdP.Cli.Api;

/// <summary>
/// A query text that is a name of an enum, for the document. ASP.NET Core itself would accept only the C# spelling of the names.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NamesOfAttribute(Type type) : Attribute
{
    public Type Type => type;
}
