namespace KubeIdP.Core.Upstreams;

/// <summary>A group together with where it comes from: two upstreams may use one name for different people.</summary>
public readonly record struct UpstreamGroup(ConnectorId Connector, string Name)
{
    /// <summary>
    /// Reads <c>connector:group</c>. The first colon divides, for the names of groups may hold others. Null when a part is missing.
    /// </summary>
    public static UpstreamGroup? Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && colon < text.Length - 1 ? new UpstreamGroup(new ConnectorId(text[..colon]), text[(colon + 1)..]) : null;
    }

    public override string ToString() => $"{Connector}:{Name}";
}
