using System.Reflection;

namespace KubeIdP.Server.Configuration;

/// <summary>
/// Maps a value of the key <c>kind</c> to the option record of an entry. Each value of the enum needs one of these attributes; several
/// values may share a record.
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
