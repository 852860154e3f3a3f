namespace KubeIdP.Server.Configuration;

/// <summary>What somebody may have meant who writes an entry whose kind is missing or unknown.</summary>
/// <param name="text">A sentence for the fix.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class KindHintAttribute(string text) : Attribute
{
    public string Text => text;
}
