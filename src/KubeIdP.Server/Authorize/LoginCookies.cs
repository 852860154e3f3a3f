using System.Buffers.Text;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.DataProtection;

namespace KubeIdP.Server.Authorize;

/// <summary>
/// Stores each <see cref="LoginState"/> in the browser, in two parts. The request, which may be long, is protected in the address of each
/// page (<see cref="LoginState.Id"/>): a tab needs no cookie for it, so any number of tabs may start at the same time. The proofs are in a
/// small protected cookie, which does not exist before the first proof. Only while the browser is at an upstream, which brings nothing back
/// but the state of the attempt, the request is in the cookie too. The cookies are bounded: they have <see cref="MaxPerBrowser"/> fixed
/// names, however many tabs write at the same time, and expire after an hour. Any replica can read both parts, before and after a restart.
/// </summary>
internal sealed class LoginCookies(IDataProtectionProvider protection, IssuerUrl issuer, TimeProvider clock)
{
    /// <summary>
    /// The maximum of unfinished logins with a first proof. One more replaces the oldest, whose page then asks for the first proof again.
    /// </summary>
    public const int MaxPerBrowser = 5;

    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>
    /// In bytes. nginx accepts a header line of 8 KiB (<c>large_client_header_buffers</c>), and the next response may add cookies.
    /// </summary>
    private const int MaxCookieLine = 7 * 1024;

    /// <summary>In characters, of all cookies of logins together.</summary>
    private const int MaxProofs = 4 * 1024;

    /// <summary>
    /// In characters, of the cookie of a login whose browser is at an upstream. nginx accepts 4 KiB of headers in a response
    /// (<c>proxy_buffer_size</c>), and others need some of that.
    /// </summary>
    private const int MaxRedirected = 3 * 1024;

    /// <summary>In bytes: nginx refuses a longer one by itself.</summary>
    private const int MaxCookieLineOfProxy = 8 * 1024;

    /// <summary>
    /// The maximum in one response through such a proxy: each takes 150 bytes of the headers, of which nginx accepts 4 KiB. The next page
    /// continues.
    /// </summary>
    private const int MaxRemovedBehindProxy = 8;

    // All names begin with it, also those of other issuers on this host.
    private const string Prefix = $"{CookieShape.Prefix}login-";

    // Protected data needs no HTML escapes, and a request contains many "&".
    private static readonly JsonSerializerOptions Json = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
            IgnoreReadOnlyProperties = true,
    };

    private readonly string[] names = [.. Enumerable.Range(0, MaxPerBrowser).Select(slot => CookieShape.Name(issuer, $"login-{slot}"))];
    private readonly string finished = CookieShape.Name(issuer, "finished");
    private readonly IDataProtector requests = protection.CreateProtector("KubeIdP.Login", "Request");
    private readonly IDataProtector proofs = protection.CreateProtector("KubeIdP.Login", "Proof");

    /// <summary>Starts the login for a request. Nothing is stored: the request is in the address of the next page.</summary>
    public LoginState Start(LoginRequest request)
    {
        var begun = new Begun(Guid.CreateVersion7(clock.GetUtcNow()).ToString("N"), clock.GetUtcNow(), request);
        return With(new LoginState { Id = "", Endpoint = "", Query = "", StartedAt = begun.At }, begun, Protect(requests, begun));
    }

    /// <summary>
    /// The state of the login with this id in this browser; null when the login is finished, expired, or not made by this server. In a
    /// browser without a proof for it, the login is at its beginning.
    /// </summary>
    public LoginState? Find(HttpContext http, string? id)
    {
        if (string.IsNullOrEmpty(id) || Unprotect<Begun>(requests, id) is not { } begun || IsOver(begun.At)) return null;

        // The response to a second click restores the proofs. Then the row of the person decides whether they still count.
        var proof = ProofsIn(http).FirstOrDefault(proof => proof.State?.Key == begun.Key).State;
        if (proof is null && FinishedIn(http).Any(login => login.Key == begun.Key)) return null;

        return With(proof ?? new LoginState { Id = "", Endpoint = "", Query = "", StartedAt = begun.At }, begun, id);
    }

    /// <summary>The client of a login, also of an ended one; null when it was for the pages of this server, or is unknown.</summary>
    public ClientId? ClientOf(string? id) => string.IsNullOrEmpty(id) ? null : Unprotect<Begun>(requests, id)?.Request.ClientId;

    /// <summary>
    /// Stores the proofs, and forgets an attempt at an upstream. The oldest other logins are removed when there would be too many, or when
    /// very long user names would make the cookies too long.
    /// </summary>
    public void Save(HttpContext http, LoginState state)
    {
        // The request stays in the address.
        var proof = Protect(proofs,
            state with { Id = "", Endpoint = "", Query = "", ClientId = null, Destination = null, RedirectOrigin = null,
                LoginHint = null, Redirect = null });
        Store(http, state, proof);
    }

    /// <summary>
    /// Stores a login whose browser goes to an upstream, with its request. False if it is too long for a cookie; then nothing is stored.
    /// </summary>
    public bool SaveRedirected(HttpContext http, LoginState state)
    {
        var proof = Protect(proofs, state with { Id = "" });
        if (proof.Length > MaxRedirected) return false;

        Store(http, state, proof);
        return true;
    }

    /// <summary>
    /// The login of this browser that waits for exactly this answer; null when there is none: it was begun in another browser or for
    /// another upstream, is used up, or took too long.
    /// </summary>
    /// <param name="http">The request with which the browser comes back.</param>
    /// <param name="connector">The upstream at whose address it comes back.</param>
    /// <param name="returned">The state that it brings.</param>
    public LoginState? FindRedirected(HttpContext http, ConnectorId connector, string returned)
    {
        var found = ProofsIn(http).Select(proof => proof.State)
            .FirstOrDefault(state => state?.Redirect is { } pending && pending.Connector == connector && IsSame(pending.State, returned));
        if (found is null) return null;

        var begun = new Begun(found.Key, found.StartedAt, new LoginRequest(found.Endpoint, found.Query, found.Destination)
        {
            ClientId = found.ClientId, RedirectOrigin = found.RedirectOrigin, LoginHint = found.LoginHint,
        });
        return found with { Id = Protect(requests, begun) };
    }

    private void Store(HttpContext http, LoginState state, string proof)
    {
        var kept = ProofsIn(http).ToList();
        var own = NameFor(kept, state);
        var room = MaxProofs - proof.Length;
        foreach (var (name, _) in kept.Where(other => other.Name != own).OrderByDescending(other => other.State?.StartedAt))
        {
            if (http.Request.Cookies.TryGetValue(name, out var other) && (room -= other.Length) < 0)
                http.Response.Cookies.Delete(name, CookieShape.HostOnly());
        }

        var shape = CookieShape.HostOnly();
        shape.MaxAge = Lifetime;
        http.Response.Cookies.Append(own, proof, shape);
    }

    /// <summary>Ends the login, whatever its result: its pages no longer work in this browser.</summary>
    public void Remove(HttpContext http, LoginState state)
    {
        var shape = CookieShape.HostOnly();
        shape.MaxAge = Lifetime;
        var all = FinishedIn(http).Where(login => login.Key != state.Key).TakeLast(MaxPerBrowser - 1)
            .Append((Key: state.Key, At: state.StartedAt));
        http.Response.Cookies.Append(finished,
            string.Join('.',
                all.Select(login => string.Create(CultureInfo.InvariantCulture, $"{login.Key}-{login.At.ToUnixTimeSeconds()}"))), shape);
        foreach (var (name, proof) in ProofsIn(http))
        {
            if (proof?.Key == state.Key) http.Response.Cookies.Delete(name, CookieShape.HostOnly());
        }
    }

    /// <summary>
    /// Removes what was proven in the unfinished logins of this browser: whoever signs out must not leave a page behind whose button signs
    /// them in again.
    /// </summary>
    public void RemoveAll(HttpContext http)
    {
        foreach (var name in names.Where(http.Request.Cookies.ContainsKey)) http.Response.Cookies.Delete(name, CookieShape.HostOnly());
    }

    /// <summary>
    /// Removes unfinished logins of a browser that has more cookies than a proxy accepts: all but the one of this request. The removed
    /// logins ask for the first proof again. Logins of other issuers on this host are removed too, because the browser sends their cookies
    /// here as well. Null when there is nothing to remove.
    /// </summary>
    public (int Length, int Removed)? Heal(HttpContext http, string? id)
    {
        var length = http.Request.Headers.Cookie.Sum(line => line?.Length ?? 0);
        if (length <= MaxCookieLine) return null;

        var own = Find(http, id) is { } login ? ProofsIn(http).FirstOrDefault(proof => proof.State?.Key == login.Key).Name : null;
        var removed = http.Request.Cookies.Keys.Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && name != own)
            .Take(length <= MaxCookieLineOfProxy ? MaxRemovedBehindProxy : int.MaxValue).ToList();
        foreach (var name in removed) http.Response.Cookies.Delete(name, CookieShape.HostOnly());
        return removed is [] ? null : (length, removed.Count);
    }

    /// <summary>The name of the cookie of this login, or else a free name, or else the name of the oldest.</summary>
    private static string NameFor(List<(string Name, LoginState? State)> kept, LoginState state)
    {
        if (kept.Find(proof => proof.State?.Key == state.Key).Name is { } own) return own;

        // Tabs that write at the same time don't see each other's cookies; with different starting points they seldom choose the same name.
        var first = Convert.ToInt32(state.Key[^2..], 16);
        return Enumerable.Range(first, MaxPerBrowser).Select(slot => kept[slot % MaxPerBrowser])
            .MinBy(proof => proof.State?.StartedAt ?? default).Name;
    }

    /// <summary>Each name with its stored login; null when there is none that is still valid.</summary>
    private IEnumerable<(string Name, LoginState? State)> ProofsIn(HttpContext http) => names.Select(name => (
        name, http.Request.Cookies.TryGetValue(name, out var value) && Unprotect<LoginState>(proofs, value) is { } state
            && !IsOver(state.StartedAt) ? state : null));

    /// <summary>
    /// The logins that ended last. Not protected: a manipulated value only makes that browser ask for a first proof again.
    /// </summary>
    private IEnumerable<(string Key, DateTimeOffset At)> FinishedIn(HttpContext http)
    {
        foreach (var entry in http.Request.Cookies[finished]?.Split('.') ?? [])
        {
            if (entry.Split('-') is [{ Length: 32 } key, { Length: 10 } seconds] && Guid.TryParseExact(key, "N", out _)
                && long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
                && DateTimeOffset.FromUnixTimeSeconds(at) is var startedAt && !IsOver(startedAt))
                yield return (key, startedAt);
        }
    }

    private static LoginState With(LoginState proof, Begun begun, string id) => proof with
    {
        Id = id, Key = begun.Key, StartedAt = begun.At, Endpoint = begun.Request.Endpoint, Query = begun.Request.Query,
            ClientId = begun.Request.ClientId,
        Destination = begun.Request.Destination, RedirectOrigin = begun.Request.RedirectOrigin, LoginHint = begun.Request.LoginHint,
    };

    private bool IsOver(DateTimeOffset startedAt) => clock.GetUtcNow() - startedAt >= Lifetime;

    private static bool IsSame(string expected, string returned) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(returned));

    // Compressed, because a state in base64 has a quarter less information than characters, and protection makes everything a third longer.
    private static string Protect<T>(IDataProtector protector, T value)
    {
        using var small = new MemoryStream();
        using (var brotli = new BrotliStream(small, CompressionLevel.Optimal)) JsonSerializer.Serialize(brotli, value, Json);
        return Base64Url.EncodeToString(protector.Protect(small.ToArray()));
    }

    private static T? Unprotect<T>(IDataProtector protector, string text)
        where T : class
    {
        try
        {
            using var brotli = new BrotliStream(new MemoryStream(protector.Unprotect(Base64Url.DecodeFromChars(text))),
                CompressionMode.Decompress);
            return JsonSerializer.Deserialize<T>(brotli, Json);
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException or JsonException)
        {
            return null;
        }
    }

    /// <param name="Key">Distinguishes this login from others with the same request.</param>
    private sealed record Begun(string Key, DateTimeOffset At, LoginRequest Request);
}
