using KubeIdP.Cli.Network;
using KubeIdP.Cli.Store;

namespace KubeIdP.Cli.SignIn;

/// <summary>One issuer as a verb uses it: what is stored of it, and how it is called. Nothing is sent before something is asked.</summary>
/// <param name="authority">Trusted beside what this machine trusts.</param>
/// <param name="say">Tells the person something, a sentence each; never on standard output.</param>
internal sealed class IssuerAccess(IssuerState state, CertificateAuthority? authority, Action<string> say, TimeProvider clock) : IDisposable
{
    private IssuerHttp? http;
    private Provider? provider;

    public IssuerState State => state;

    public string Issuer => state.Issuer;

    public CertificateAuthority? Authority => authority;

    public TimeProvider Clock => clock;

    public IssuerHttp Http => http ??= new IssuerHttp(authority, clock);

    public Action<string> Say => say;

    public Moment Now => Moment.Of(clock);

    /// <summary>The endpoints, from the file where they were read lately.</summary>
    /// <param name="current">Whether they must be those of now, as at a login.</param>
    public async Task<Provider> ProviderAsync(bool current, CancellationToken ct)
    {
        if (provider is null && !current && state.ReadProvider() is { } stored && stored.IsUsable(clock.GetUtcNow())) provider = stored;
        if (provider is not null) return provider;

        provider = await Discovery.ReadAsync(Issuer, Http, clock, ct);
        state.Prepare();
        state.WriteProvider(provider);
        return provider;
    }

    /// <summary>Asks the token endpoint.</summary>
    /// <exception cref="Outage">There was no answer, or none that decides.</exception>
    public async Task<OAuthAnswer> AskAsync(IEnumerable<KeyValuePair<string, string>> form, CancellationToken ct)
    {
        try
        {
            return await OAuthClient.AskAsync(Http, (await ProviderAsync(current: false, ct)).TokenEndpoint, form, ct);
        }
        catch (Outage outage) when (outage.IsElsewhere)
        {
            // The endpoint may have moved.
            provider = null;
            state.DeleteProvider();
            throw;
        }
    }

    /// <inheritdoc cref="AskAsync"/>
    public Task<OAuthAnswer> RefreshAsync(string clientId, string refreshToken, CancellationToken ct) => AskAsync(
        [new("grant_type", "refresh_token"), new("client_id", clientId), new("refresh_token", refreshToken)], ct);

    public void Dispose() => http?.Dispose();
}
