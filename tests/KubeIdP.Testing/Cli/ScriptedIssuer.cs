using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using KubeIdP.Testing.Directories;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace KubeIdP.Testing.Cli;

/// <summary>
/// What the program <c>kubeidp</c> sees of an issuer, over real TLS, as a test wants it: sessions that end, clusters that refuse, outages.
/// It holds to the rotation of refresh tokens that the product has, so that a client which presents an old one is caught.
/// </summary>
public sealed class ScriptedIssuer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly TestAuthority authority;
    private readonly Lock gate = new();
    private readonly Dictionary<string, Grant> byToken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Scope, string Nonce, string Challenge)> codes = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> requests = [];
    private ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private int keyNumber = 1;
    private int numbers;

    private ScriptedIssuer(WebApplication app, TestAuthority authority, int port)
    {
        this.app = app;
        this.authority = authority;
        Issuer = $"https://localhost:{port.ToString(CultureInfo.InvariantCulture)}";
    }

    public string Issuer { get; }

    public string AuthorityPem => authority.Pem;

    /// <summary>What has been asked, in order: the path, and at the token endpoint the grant type and the client.</summary>
    public IReadOnlyList<string> Requests => [.. requests];

    /// <summary>How long an ID token of a cluster lives.</summary>
    public TimeSpan ClusterLifetime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long an access token of the program lives.</summary>
    public TimeSpan SelfLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the token endpoint takes.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Whether everything but discovery is answered with 503.</summary>
    public bool IsAway { get; set; }

    /// <summary>Why nobody may use any cluster; null when everybody may.</summary>
    public string? NoAccess { get; set; }

    /// <summary>The error with which the next sign-in ends; null for none.</summary>
    public string? SignInError { get; set; }

    /// <summary>The issuer that the answer in the browser names; null for this one.</summary>
    public string? AnswersAs { get; set; }

    /// <summary>Whether discovery announces device codes.</summary>
    public bool OffersDeviceCodes { get; set; }

    /// <summary>What the polls of a device are answered with, one after the other; an empty text is the token.</summary>
    public ConcurrentQueue<string> DeviceAnswers { get; } = [];

    /// <summary>How often a refresh token was presented that had been replaced twice.</summary>
    public int Replays { get; private set; }

    /// <summary>What the discovery document says that the issuer is; null for the truth.</summary>
    public string? CallsItself { get; set; }

    /// <summary>How far its clock is ahead of this machine's, as the clock of a server may be.</summary>
    public TimeSpan ClockOffset { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The groups in the tokens of clusters.</summary>
    public IReadOnlyList<string> Groups { get; set; } = [];

    /// <summary>What is answered in place of its own answer, by the path: the whole body, whatever it is.</summary>
    public ConcurrentDictionary<string, (int Status, string Body)> Answers { get; } = new(StringComparer.Ordinal);

    /// <summary>The status with which its keys are answered.</summary>
    public int KeysStatus { get; set; } = 200;

    /// <summary>The header of this name of its keys.</summary>
    public string KeysCacheControl { get; set; } = "no-cache";

    public static async Task<ScriptedIssuer> StartAsync(CancellationToken ct)
    {
        // Reading what many processes say occupies a thread for each; the pool would give the server its own only after seconds.
        ThreadPool.GetMinThreads(out _, out var completions);
        ThreadPool.SetMinThreads(200, completions);
        var authority = new TestAuthority("CN=Test issuer CA");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(authority.Issue(["localhost", "127.0.0.1"]))));
        var app = builder.Build();
        ScriptedIssuer? issuer = null;
        app.Run(context => issuer!.AnswerAsync(context));
        await app.StartAsync(ct);
        return issuer = new ScriptedIssuer(app, authority, new Uri(app.Urls.Single()).Port);
    }

    /// <summary>Ends every session: what is presented from now on is over.</summary>
    /// <param name="sentence">What the token endpoint says about it.</param>
    public void EndSessions(string sentence)
    {
        lock (gate)
        {
            foreach (var grant in byToken.Values) grant.Ended ??= sentence;
        }
    }

    /// <summary>Ends the grants of clusters, and not the logins.</summary>
    public void EndClusterGrants(string sentence)
    {
        lock (gate)
        {
            foreach (var grant in byToken.Values.Where(grant => grant.Client != "kubeidp")) grant.Ended ??= sentence;
        }
    }

    /// <summary>Signs with another key from now on, and publishes that one alone, as after a new installation.</summary>
    public void ReplaceKey()
    {
        lock (gate)
        {
            key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            keyNumber++;
        }
    }

    /// <summary>An ID token of a cluster, as a plugin may have it in its cache.</summary>
    public string IssueIdToken(string client, TimeSpan lifetime) =>
        IdToken(client, nonce: null, lifetime, Interlocked.Increment(ref numbers));

    /// <summary>How often this has been asked.</summary>
    public int Count(string request) => requests.Count(one => one == request);

    /// <summary>The requests so far are not counted any more.</summary>
    public void Forget() => requests.Clear();

    /// <summary>Nobody answers from now on: connections are refused.</summary>
    public Task StopAsync(CancellationToken ct) => app.StopAsync(ct);

    /// <summary>Does what a person's browser does, who is signed in there already; the page that it ends on.</summary>
    public async Task<string> SignInAsync(string url, CancellationToken ct)
    {
        using var handler = new SocketsHttpHandler();
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.AddRange(authority.Certificates);
        handler.SslOptions.CertificateChainPolicy = trust;
        handler.AllowAutoRedirect = false;
        using var browser = new HttpClient(handler);
        var response = await browser.GetAsync(new Uri(url), ct);
        while (response.Headers.Location is { } next)
        {
            response.Dispose();
            response = await browser.GetAsync(new Uri(new Uri(url), next), ct);
        }

        using (response) return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        authority.Dispose();
        key.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync() : FormCollection.Empty;
        requests.Enqueue(path == "/connect/token" ? $"{ShortName(form["grant_type"])} {form["client_id"]}" : path);
        context.Response.Headers.Date = Now.ToString("R", CultureInfo.InvariantCulture);
        if (Delay > TimeSpan.Zero && path == "/connect/token") await Task.Delay(Delay, context.RequestAborted);
        if (IsAway && path != "/.well-known/openid-configuration")
        {
            await RefuseAsync(context, 503, "temporarily_unavailable", "The directory does not answer. Try again. (reference away)");
            return;
        }

        if (Answers.TryGetValue(path, out var given))
        {
            (context.Response.StatusCode, context.Response.ContentType) = (given.Status, "application/json");
            await context.Response.WriteAsync(given.Body);
            return;
        }

        await (path switch
        {
            "/.well-known/openid-configuration" => WriteAsync(context, Discovery()),
            "/.well-known/jwks" => KeysAsync(context),
            "/connect/authorize" => AuthorizeAsync(context),
            "/connect/token" => TokenAsync(context, form),
            "/connect/device" => WriteAsync(context, new Dictionary<string, object?>
            {
                ["device_code"] = "device-code", ["user_code"] = "WDJB-MJHT", ["verification_uri"] = $"{Issuer}/device",
                ["expires_in"] = 300, ["interval"] = 1,
            }),
            "/connect/revoke" => RevokeAsync(context, form),
            "/api/v1/self" => SelfAsync(context, new Dictionary<string, object?>
            {
                ["subject"] = "subject-of-alice", ["username"] = "alice", ["name"] = "Alice Example", ["email"] = "alice@example.com",
                ["upstream"] = "local", ["groups"] = new[] { "corp:platform" },
                ["session"] = new Dictionary<string, object?>
                {
                    ["id"] = "session-1", ["signedInAt"] = DateTimeOffset.UtcNow, ["methods"] = new[] { "pwd", "otp" },
                    ["endsAt"] = DateTimeOffset.UtcNow.AddHours(8),
                },
            }),
            "/api/v1/self/clusters" => SelfAsync(context,
                new[] { Cluster("prod", "Production", 70), Cluster("staging", "Staging", 2) }),
            _ => RefuseAsync(context, 404, "not_found", "Nothing here."),
        });
    }

    private static Dictionary<string, object?> Cluster(string name, string title, int revocationBound) => new()
    {
        ["name"] = name, ["title"] = title, ["description"] = null, ["labels"] = new Dictionary<string, string>(), ["server"] = null,
        ["namespace"] = null, ["plugin"] = "kubeidp", ["tokenReview"] = false, ["namePrefix"] = "", ["idTokenLifetimeSeconds"] = 60,
        ["revocationBoundSeconds"] = revocationBound, ["groupBoundSeconds"] = revocationBound,
    };

    private Dictionary<string, object?> Discovery()
    {
        var document = new Dictionary<string, object?>
        {
            ["issuer"] = CallsItself ?? Issuer, ["authorization_endpoint"] = $"{Issuer}/connect/authorize",
            ["jwks_uri"] = $"{Issuer}/.well-known/jwks",
            ["token_endpoint"] = $"{Issuer}/connect/token", ["revocation_endpoint"] = $"{Issuer}/connect/revoke",
            ["authorization_response_iss_parameter_supported"] = true,
            ["id_token_signing_alg_values_supported"] = new[] { "ES256" },
        };
        if (OffersDeviceCodes) document["device_authorization_endpoint"] = $"{Issuer}/connect/device";
        return document;
    }

    private Task AuthorizeAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var code = $"code-{Interlocked.Increment(ref numbers)}";
        lock (gate) codes[code] = (query["scope"].ToString(), query["nonce"].ToString(), query["code_challenge"].ToString());
        var answer = new Dictionary<string, string?> { ["state"] = query["state"], ["iss"] = AnswersAs ?? Issuer };
        if (SignInError is { } error) (answer["error"], answer["error_description"]) = ("access_denied", error);
        else answer["code"] = code;
        context.Response.Redirect(QueryHelpers.AddQueryString(query["redirect_uri"].ToString(), answer));
        return Task.CompletedTask;
    }

    private Task TokenAsync(HttpContext context, IFormCollection form)
    {
        lock (gate)
        {
            return ShortName(form["grant_type"]) switch
            {
                "code" => CodeAsync(context, form),
                "refresh" => RefreshAsync(context, form),
                "exchange" => ExchangeAsync(context, form),
                "device" => !DeviceAnswers.TryDequeue(out var answer) ? RefuseAsync(context, 400, "authorization_pending", "Not yet.")
                    : answer.Length > 0 ? RefuseAsync(context, 400, answer, $"The device was answered with {answer}.")
                    : IssueAsync(context, new Grant("kubeidp"), nonce: null),
                _ => RefuseAsync(context, 400, "unsupported_grant_type", "No."),
            };
        }
    }

    private Task CodeAsync(HttpContext context, IFormCollection form)
    {
        var isKnown = codes.Remove(form["code"].ToString(), out var code);
        var challenge = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString())));
        return isKnown && code.Challenge == challenge
            ? IssueAsync(context, new Grant("kubeidp"), code.Nonce)
            : RefuseAsync(context, 400, "invalid_grant", "The code is wrong.");
    }

    private Task RefreshAsync(HttpContext context, IFormCollection form)
    {
        var presented = form["refresh_token"].ToString();
        if (!byToken.TryGetValue(presented, out var grant) || grant.Client != form["client_id"].ToString())
            return RefuseAsync(context, 400, "invalid_grant", "The refresh token is not known.");

        if (grant.Ended is null && presented != grant.Current && presented != grant.Previous)
        {
            Replays++;
            grant.Ended = "This refresh token was replaced long ago.";
        }

        if (grant.Ended is { } ended) return RefuseAsync(context, 400, "invalid_grant", ended);

        return NoAccess is { } reason && grant.Client != "kubeidp"
            ? RefuseAsync(context, 400, "invalid_grant", reason)
            : IssueAsync(context, grant, nonce: null);
    }

    private Task ExchangeAsync(HttpContext context, IFormCollection form)
    {
        var parent = byToken.Values.FirstOrDefault(grant => grant.AccessToken == form["subject_token"].ToString());
        if (parent is null || parent.Ended is not null)
            return RefuseAsync(context, 400, "invalid_grant", parent?.Ended ?? "The session has ended.");

        var cluster = form["audience"].ToString();
        if (cluster is not ("prod" or "staging")) return RefuseAsync(context, 400, "invalid_target", $"There is no cluster {cluster}.");

        return NoAccess is { } reason
            ? RefuseAsync(context, 400, "invalid_target", reason)
            : IssueAsync(context, new Grant(cluster), nonce: null, isExchange: true);
    }

    private Task RevokeAsync(HttpContext context, IFormCollection form)
    {
        lock (gate)
        {
            if (byToken.TryGetValue(form["token"].ToString(), out var grant)) grant.Ended = "It was revoked.";
        }

        return Task.CompletedTask;
    }

    private Task SelfAsync(HttpContext context, object answer)
    {
        var token = context.Request.Headers.Authorization.ToString().Replace("Bearer ", "", StringComparison.Ordinal);
        lock (gate)
        {
            if (byToken.Values.Any(grant => grant.AccessToken == token && grant.Ended is null)) return WriteAsync(context, answer);
        }

        context.Response.StatusCode = 401;
        return context.Response.WriteAsJsonAsync(new { detail = "The token is not valid any more.", reference = "r-401" });
    }

    private Task IssueAsync(HttpContext context, Grant grant, string? nonce, bool isExchange = false)
    {
        var number = Interlocked.Increment(ref numbers);
        grant.Previous = grant.Current;
        grant.Current = $"refresh-{grant.Client}-{number}";
        grant.AccessToken = $"access-{grant.Client}-{number}";
        byToken[grant.Current] = grant;
        var lifetime = grant.Client == "kubeidp" ? SelfLifetime : ClusterLifetime;
        var id = IdToken(grant.Client, nonce, lifetime, number);
        var answer = new Dictionary<string, object?>
        {
            ["access_token"] = isExchange ? id : grant.AccessToken, ["token_type"] = isExchange ? "N_A" : "Bearer",
            ["expires_in"] = (int)lifetime.TotalSeconds, ["refresh_token"] = grant.Current,
        };
        if (isExchange) answer["issued_token_type"] = "urn:ietf:params:oauth:token-type:id_token";
        else answer["id_token"] = id;
        return WriteAsync(context, answer);
    }

    private DateTimeOffset Now => DateTimeOffset.UtcNow + ClockOffset;

    private string IdToken(string client, string? nonce, TimeSpan lifetime, int number)
    {
        var now = Now.ToUnixTimeSeconds();
        var claims = new Dictionary<string, object?>
        {
            ["iss"] = Issuer, ["aud"] = client, ["sub"] = "subject-of-alice", ["preferred_username"] = "alice", ["iat"] = now,
            ["exp"] = now + (long)lifetime.TotalSeconds, ["jti"] = $"token-{number}",
        };
        if (Groups.Count > 0) claims["groups"] = Groups;
        if (nonce is not null) claims["nonce"] = nonce;
        lock (gate)
        {
            var signed = $"{Encoded(new { alg = "ES256", typ = "JWT", kid = $"key-{keyNumber}" })}.{Encoded(claims)}";
            return $"{signed}.{WebEncoders.Base64UrlEncode(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
        }
    }

    private static string Encoded(object part) => WebEncoders.Base64UrlEncode(JsonSerializer.SerializeToUtf8Bytes(part));

    private Task KeysAsync(HttpContext context)
    {
        context.Response.StatusCode = KeysStatus;
        context.Response.Headers.CacheControl = KeysCacheControl;
        lock (gate)
        {
            var point = key.ExportParameters(includePrivateParameters: false).Q;
            return WriteAsync(context, new
            {
                keys = new[]
                {
                    new
                    {
                        kty = "EC", crv = "P-256", use = "sig", alg = "ES256", kid = $"key-{keyNumber}",
                        x = WebEncoders.Base64UrlEncode(point.X!), y = WebEncoders.Base64UrlEncode(point.Y!),
                    },
                },
            });
        }
    }

    private static string ShortName(string? grantType) => grantType switch
    {
        "authorization_code" => "code",
        "refresh_token" => "refresh",
        "urn:ietf:params:oauth:grant-type:token-exchange" => "exchange",
        "urn:ietf:params:oauth:grant-type:device_code" => "device",
        _ => $"{grantType}",
    };

    private static Task WriteAsync(HttpContext context, object answer) => context.Response.WriteAsJsonAsync(answer);

    private static Task RefuseAsync(HttpContext context, int status, string error, string description)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new { error, error_description = description });
    }

    private sealed class Grant(string client)
    {
        public string Client { get; } = client;

        public string? Current { get; set; }

        public string? Previous { get; set; }

        public string? AccessToken { get; set; }

        public string? Ended { get; set; }
    }
}
