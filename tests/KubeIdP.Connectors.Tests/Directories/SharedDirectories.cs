namespace KubeIdP.Connectors.Tests.Directories;

/// <summary>One server of each kind for all tests of this process that leave it running; a test that stops one starts its own.</summary>
internal static class SharedDirectories
{
    private static readonly Lazy<Task<Slapd>> TheSlapd = new(() => Slapd.StartNewAsync(CancellationToken.None));
    private static readonly Lazy<Task<SambaDomain>> TheDomain = new(() => SambaDomain.StartNewAsync(CancellationToken.None));
    private static readonly Lazy<Task<Ds389>> TheDs389 = new(() => Ds389.StartNewAsync(CancellationToken.None));

    public static Task<Slapd> SlapdAsync() => TheSlapd.Value;

    public static Task<SambaDomain> SambaAsync() => TheDomain.Value;

    public static Task<Ds389> Ds389Async() => TheDs389.Value;
}
