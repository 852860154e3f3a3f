namespace KubeIdP.Server.Hosting.Configuration;

/// <summary>Marks an option whose value must not be printed.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecretAttribute : Attribute
{
    /// <summary>Only the passwords within a connection string are secret; the rest says where the database is.</summary>
    public bool IsConnectionString { get; init; }
}
