using System.ComponentModel;
using System.Reflection;

namespace KubeIdP.Server.Configuration;

/// <summary>Marks an option whose value must not be printed.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecretAttribute : Attribute
{
    /// <summary>Only the passwords within a connection string are secret; the rest says where the database is.</summary>
    public bool IsConnectionString { get; init; }

    /// <summary>
    /// Null for an option that may be printed. Connectors can't use this attribute and mark secrets with one of the framework's.
    /// </summary>
    public static SecretAttribute? Of(PropertyInfo option) =>
        option.GetCustomAttribute<SecretAttribute>()
            ?? (option.GetCustomAttribute<PasswordPropertyTextAttribute>() is { Password: true } ? new SecretAttribute() : null);
}
