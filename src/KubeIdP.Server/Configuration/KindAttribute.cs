using System.Reflection;

namespace KubeIdP.Server.Configuration;

/// <summary>
/// Says which option record an entry of a map has, by the value of its key <c>kind</c>. Each value of the enum needs one of these; several
/// may share a record.
/// </summary>
/// <param name="kind">A value of the enum that is the record's <c>Kind</c>.</param>
/// <param name="options">The record, which derives from the map's.</param>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = true)]
internal sealed class KindAttribute(object kind, Type options) : Attribute
{
    public object Kind => kind;

    public Type Options => options;

    /// <summary>Empty for a map whose entries are all alike.</summary>
    public static IReadOnlyList<KindAttribute> Of(PropertyInfo map) => [.. map.GetCustomAttributes<KindAttribute>()];
}
