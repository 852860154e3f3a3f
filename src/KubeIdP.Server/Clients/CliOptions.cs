namespace KubeIdP.Server.Clients;

/// <summary>The program kubeidp for people's machines.</summary>
public sealed record CliOptions
{
    /// <summary>
    /// Whether people can sign in with the program kubeidp. It is a built-in public client with the id <c>kubeidp</c>, with loopback
    /// redirects: it shows people their own sessions and clusters, gets tokens for every cluster that they may use after one login, and
    /// lets administrators and auditors use the API.
    /// </summary>
    public bool Enabled { get; init; } = true;

    /// <summary>
    /// Who may sign in with the program kubeidp by a device code, where there is no browser. Default: nobody. Such a login gets tokens of
    /// those clusters alone that offer device codes themselves, and none for the administration's API.
    /// </summary>
    public DeviceCodeAccessOptions? DeviceCode { get; init; }
}
