namespace KubeIdP.Server.Configuration;

/// <summary>Marks an option that is a path though its name ends neither in File nor in Directory.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class PathAttribute : Attribute
{
    /// <summary>The value that is not a path.</summary>
    public string? Except { get; init; }
}
