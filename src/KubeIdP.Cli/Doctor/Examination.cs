using System.Net.Http;
using System.Security.Cryptography.X509Certificates;
using KubeIdP.Cli.Doctor.Facts;
using KubeIdP.Cli.Doctor.Kubeconfigs;
using KubeIdP.Cli.Doctor.Sources;
using KubeIdP.Cli.Network;
using KubeIdP.Cli.SignIn;
using KubeIdP.Cli.Store;

namespace KubeIdP.Cli.Doctor;

/// <summary>
/// Gathers the evidence about one cluster, side by side and within twenty seconds, also where nothing answers. It changes nothing but the
/// tokens that <c>kubeidp token</c> would renew as well.
/// </summary>
internal sealed class Examination : IDisposable
{
    private const string Late = "There was no answer in time.";

    private static readonly TimeSpan Whole = TimeSpan.FromSeconds(18);
    private static readonly TimeSpan NameLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ProxyLimit = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan TokenLimit = TimeSpan.FromSeconds(9);
    private static readonly TimeSpan VersionLimit = TimeSpan.FromSeconds(5);

    private readonly Subject subject;
    private readonly KubeCluster? cluster;
    private readonly CertificateAuthority? option;
    private readonly IReadOnlyList<(string Issuer, string ClientId)> known;
    private readonly Func<string, string?> variable;
    private readonly Func<string, string?> pluginVariable;
    private readonly string home;
    private readonly DoctorProgress progress;
    private readonly TimeProvider clock;
    private readonly IssuerAccess? access;
    private readonly bool isSignedIn;
    private readonly CancellationToken person;
    private readonly CancellationTokenSource all;
    private readonly List<Probe> probes = [];

    /// <param name="context">The context of the kubeconfig; null without one.</param>
    /// <param name="option">The value of <c>--certificate-authority</c>; null without one.</param>
    /// <param name="known">Issuer and client of every context.</param>
    /// <param name="variable">The environment.</param>
    /// <param name="home">The home folder of the person.</param>
    public Examination(
        Subject subject, ContextEntry? context, CertificateAuthority? option, IReadOnlyList<(string Issuer, string ClientId)> known,
        Func<string, string?> variable, string home, DoctorProgress progress, TimeProvider clock, CancellationToken person)
    {
        (this.subject, this.option, this.known, this.variable, this.home, this.progress, this.clock, this.person) =
            (subject, option, known, variable, home, progress, clock, person);
        cluster = context?.Cluster;
        var own = context?.User?.Exec?.Environment;
        pluginVariable = name => own?.GetValueOrDefault(name) ?? variable(name);
        all = CancellationTokenSource.CreateLinkedTokenSource(person);
        all.CancelAfter(Whole);
        access = OpenLogin();
        isSignedIn = access?.State.ReadSession()?.Self is not null;
    }

    private PluginCall? Plugin => subject.Plugin;

    private bool IsKubelogin => Plugin?.Kind is PluginKind.Kubelogin;

    public async Task<Evidence> RunAsync()
    {
        var cached = IsKubelogin
            ? KubeloginCache.Read(KubeloginCache.FolderOf(Plugin!.CacheFolder, pluginVariable, home))
            : [];
        var issuer = progress.Watch("issuer", IssuerAsync());
        var server = cluster is null ? null : progress.Watch("API server", ServerAsync(cluster));
        var plugin = progress.Watch("plugin", PluginAsync(cached));
        var self = progress.Watch("login", SelfAsync());
        var token = progress.Watch("token", TokenAsync(cached));
        var keys = progress.Watch("keys", KeysAsync(issuer));
        var review = server is null ? null : progress.Watch("identity", ReviewAsync(server, token));
        var metrics = server is null ? null : progress.Watch("metrics", MetricsAsync(server, token));

        var issuerFacts = (await issuer).Target;
        return new Evidence
        {
            Subject = subject, Now = clock.GetUtcNow(), Proxies = Proxies(issuerFacts), Issuer = issuerFacts,
            ApiServer = server is null ? null : (await server).Target, Keys = await keys, Token = await token,
            Review = review is null ? null : await review, Metrics = metrics is null ? null : await metrics, Plugin = await plugin,
            Self = await self, IsWindows = OperatingSystem.IsWindows(),
        };
    }

    public void Dispose()
    {
        foreach (var probe in probes) probe.Dispose();
        access?.Dispose();
        all.Dispose();
    }

    private Task<T> WithinAsync<T>(Func<CancellationToken, Task<T>> work, TimeSpan limit, T late) =>
        Limited.RunAsync(work, limit, late, all.Token, person);

    private ProxyFacts Proxies(TargetFacts issuer) => new(
        ProxyVariables.Set(variable),
        !IsKubelogin && issuer.Proxy?.Source is "ALL_PROXY" or "all_proxy" ? [issuer.Proxy.Source] : []);

    /// <summary>The login that the plugin uses, or one that can stand in for it.</summary>
    private IssuerAccess? OpenLogin()
    {
        try
        {
            var authority = IsKubelogin ? null : GivenAuthority();
            var (state, trusted) = IssuerOptions.Choose(StateHome.Find(), subject.Issuer, authority);
            return new IssuerAccess(state, trusted, say: _ => { }, clock);
        }
        catch (CommandFault)
        {
            // No state, or an authority that can't be read: the check of TLS says so.
            return null;
        }
    }

    /// <summary>The issuer's authority as option or kubeconfig name it; null for none.</summary>
    /// <exception cref="Misuse">It can't be read.</exception>
    private CertificateAuthority? GivenAuthority() => option
        ?? (Plugin?.AuthorityData is { } data ? CertificateAuthority.FromData(data)
            : Plugin?.AuthorityFile is { } file ? CertificateAuthority.FromFile(file)
            : null);

    private Task<(TargetFacts Target, Probe? Probe)> IssuerAsync()
    {
        var url = new Uri(subject.Issuer);
        var target = new TargetFacts
        {
            Name = "the issuer", Url = url,
            Rule = Plugin?.SkipsTls is true ? TrustRule.Anything : IsKubelogin ? TrustRule.GivenOnly : TrustRule.GivenOrSystem,
            AuthorityPlace = option is null && Plugin is not null
                ? $"the arguments of {Plugin.Command} in the kubeconfig"
                : TargetFacts.AuthorityOption,
            Proxy = IsKubelogin ? ProxyVariables.OfGo(url, pluginVariable) : ProxyVariables.OfThisProcess(url, variable),
            Host = new NameFacts(url.Host, [], null),
        };
        return ReachAsync(target, () => GivenAuthority() ?? (IsKubelogin ? null : access?.Authority), tlsName: null,
            IssuerUrl.Below(subject.Issuer, "/.well-known/openid-configuration"));
    }

    private Task<(TargetFacts Target, Probe? Probe)> ServerAsync(KubeCluster entry)
    {
        // kubectl: http://localhost:8080 where nothing is named, and a name without a scheme is https.
        var address = entry.Server ?? "http://localhost:8080";
        var whole = address.Contains("://", StringComparison.Ordinal) ? address : $"https://{address}";
        var url = Uri.TryCreate(whole, UriKind.Absolute, out var read)
            ? read
            : throw new Misuse($"The kubeconfig has the server {address} for the cluster {entry.Name}, which is no address.");
        var target = new TargetFacts
        {
            Name = "the API server", Url = url, Rule = entry.SkipsTls ? TrustRule.Anything : TrustRule.GivenOnly,
            AuthorityPlace = $"certificate-authority-data of the cluster {entry.Name} in the kubeconfig",
            Proxy = entry.Proxy is { } proxy
                ? ProxyVariables.ParseProxy(proxy) is { } parsed ? new ProxyRoute(parsed, "proxy-url in the kubeconfig") : null
                : ProxyVariables.OfGo(url, variable),
            Host = new NameFacts(url.Host, [], null),
        };
        return ReachAsync(target,
            () => entry.AuthorityData is { } data ? CertificateAuthority.FromData(data)
                : entry.AuthorityFile is { } file ? CertificateAuthority.FromFile(file)
                : null,
            entry.TlsName, ApiServerSource.Below(url, "/version"));
    }

    /// <summary>Proxy or name first: what follows from them is not tried.</summary>
    private async Task<(TargetFacts Target, Probe? Probe)> ReachAsync(
        TargetFacts target, Func<CertificateAuthority?> authority, string? tlsName, Uri question)
    {
        if (target.Proxy is { } route)
        {
            var fault = await WithinAsync(
                ct => NameSource.FaultOfProxyAsync(route.Proxy, ProxyLimit, clock, ct), ProxyLimit, "it did not answer in time.");
            target = target with { Proxy = route with { Fault = fault } };
            if (fault is not null) return (target, null);
        }
        else
        {
            var name = await WithinAsync(
                ct => NameSource.ResolveAsync(target.Url.Host, ct), NameLimit,
                new NameFacts(target.Url.Host, [], "no name server answered in time."));
            target = target with { Host = name };
            if (name.Fault is not null) return (target, null);
        }

        X509Certificate2Collection? certificates;
        try
        {
            certificates = target.Rule is TrustRule.Anything ? null : authority()?.Certificates();
        }
        catch (Misuse fault)
        {
            return (target with { AuthorityFault = fault.Message }, null);
        }

        var probe = new Probe(target.Rule, certificates, tlsName, target.Proxy, clock);
        probes.Add(probe);
        var (answer, silence) = await WithinAsync(async ct =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, question);
            return await probe.AskAsync(request, ct);
        }, AnswerLimit, (null, Late));
        return (target with { Answer = answer, Fault = silence, Certificate = probe.Certificate }, probe);
    }

    private async Task<KeyFacts?> KeysAsync(Task<(TargetFacts Target, Probe? Probe)> issuer)
    {
        var (target, probe) = await issuer;
        if (probe is null || target.Answer is not { Status: 200 } document
            || IssuerDocument.Read(document.Body)?.JwksUri is not { } address) return null;
        if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttps)
            return new KeyFacts(address, "It is no https URL.", [], null);

        return await WithinAsync(async ct =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            var (answer, fault) = await probe.AskAsync(request, ct);
            return KeyFacts.Of(address, answer, fault);
        }, AnswerLimit, new KeyFacts(address, Late, [], null));
    }

    private Task<TokenFacts> TokenAsync(IReadOnlyList<(CachedToken Entry, string Token)> cached)
    {
        var source = new TokenSource(access, isSignedIn, Surroundings.OfThisProcess());
        return WithinAsync(
            ct => IsKubelogin
                ? source.OfKubeloginAsync(subject, cached, clock.GetUtcNow(), ct)
                : source.OfKubeidpAsync(subject, ct),
            TokenLimit, TokenFacts.None("the issuer gave none in time."));
    }

    private Task<SelfFacts?> SelfAsync() => access is { } login && isSignedIn
        ? WithinAsync(ct => SelfSource.ReadAsync(login, subject.ClientId, ct), TokenLimit, null)
        : Task.FromResult<SelfFacts?>(null);

    private async Task<ReviewFacts?> ReviewAsync(Task<(TargetFacts Target, Probe? Probe)> server, Task<TokenFacts> token)
    {
        if (await PresentableAsync(server, token) is not var (probe, url, secret)) return null;

        return await WithinAsync<ReviewFacts?>(
            async ct => await ApiServerSource.ReviewAsync(probe, url, secret, ct), AnswerLimit, new ReviewFacts(null, Late, null, []));
    }

    private async Task<MetricsFacts?> MetricsAsync(Task<(TargetFacts Target, Probe? Probe)> server, Task<TokenFacts> token)
    {
        if (await PresentableAsync(server, token) is not var (probe, url, secret)) return null;

        return await WithinAsync<MetricsFacts?>(
            async ct => await ApiServerSource.MetricsAsync(probe, url, secret, ct), AnswerLimit, new MetricsFacts(null, []));
    }

    /// <summary>A token goes only to a server that has answered with a certificate that kubectl accepts too.</summary>
    private async Task<(Probe Probe, Uri Url, string Secret)?> PresentableAsync(
        Task<(TargetFacts Target, Probe? Probe)> server, Task<TokenFacts> token)
    {
        var ((target, probe), facts) = (await server, await token);
        return probe is not null && target.Answer is not null && target.Url.Scheme == Uri.UriSchemeHttps
            && facts.Secret is { } secret && !facts.IsExpired(clock.GetUtcNow())
            ? (probe, target.Url, secret)
            : null;
    }

    private async Task<PluginFacts> PluginAsync(IReadOnlyList<(CachedToken Entry, string Token)> cached)
    {
        var missing = Plugin?.Programs.FirstOrDefault(program => ProgramSource.Find(program, variable) is null);
        var path = Plugin is null || missing is not null ? null : ProgramSource.Find(Plugin.Programs[^1], variable);
        var version = IsKubelogin && path is not null
            ? await WithinAsync(ct => ProgramSource.VersionAsync(path, ct), VersionLimit, null)
            : null;
        return new PluginFacts(missing, version, [.. cached.Select(one => one.Entry)], known, OtherLogins());
    }

    private IReadOnlyList<string> OtherLogins()
    {
        try
        {
            return access is null ? [] :
            [
                .. from state in IssuerState.All(StateHome.Find())
                   where state.Issuer == subject.Issuer && state.FolderName != access.State.FolderName
                   select state.Folder,
            ];
        }
        catch (CommandFault)
        {
            return [];
        }
    }
}
