namespace KubeIdP.Server.Configuration;

/// <summary>This server's public identity (the key <c>issuer</c>): the <c>iss</c> of every token, and the root of every link.</summary>
/// <param name="Value">Byte for byte as it is configured, because others compare it in this way.</param>
internal sealed record IssuerUrl(string Value)
{
    public Uri Uri { get; } = new(Value);

    public override string ToString() => Value;
}
