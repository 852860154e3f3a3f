namespace KubeIdP.Cli.Doctor.Facts;

/// <summary>Everything that was found out. Nothing in it decides.</summary>
internal sealed record Evidence
{
    public required Subject Subject { get; init; }

    /// <summary>By this machine's clock.</summary>
    public required DateTimeOffset Now { get; init; }

    public required ProxyFacts Proxies { get; init; }

    public required TargetFacts Issuer { get; init; }

    /// <summary>Null without a kubeconfig.</summary>
    public TargetFacts? ApiServer { get; init; }

    /// <summary>Null if the issuer was not reached, or is none.</summary>
    public KeyFacts? Keys { get; init; }

    public required TokenFacts Token { get; init; }

    /// <summary>Null if it was not asked.</summary>
    public ReviewFacts? Review { get; init; }

    /// <summary>Null if it was not asked.</summary>
    public MetricsFacts? Metrics { get; init; }

    public required PluginFacts Plugin { get; init; }

    /// <summary>Null if nobody is signed in with kubeidp, or the issuer did not answer.</summary>
    public SelfFacts? Self { get; init; }

    /// <summary>Whether this is Windows, whose keyring has a limit.</summary>
    public bool IsWindows { get; init; }

    /// <summary>What the issuer answered as its discovery document; null if it is none.</summary>
    public IssuerDocument? Document => Issuer.Answer is { Status: 200, Body: var body } ? IssuerDocument.Read(body) : null;
}
