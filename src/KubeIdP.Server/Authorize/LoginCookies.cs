using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using KubeIdP.Server.Hosting;
using Microsoft.AspNetCore.DataProtection;

namespace KubeIdP.Server.Authorize;

/// <summary>What a login is begun for.</summary>
internal sealed record LoginRequest(string Endpoint, string Query, string? Destination)
{
    public string? ClientId { get; init; }

    public string? RedirectOrigin { get; init; }

    public string? LoginHint { get; init; }
}

/// <summary>
/// Keeps each <see cref="LoginState"/> in a sealed cookie of its own. Bounded: five per browser, an hour each, and never larger than a browser keeps.
/// Any replica can read it, before and after a restart.
/// </summary>
internal sealed class LoginCookies(IDataProtectionProvider protection, TimeProvider clock)
{
    public const int MaxPerBrowser = 5;

    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    // "__Host-": the browser takes it from this very host over TLS alone, so no neighbouring site can plant one.
    private const string Prefix = "__Host-kubeidp-login-";

    // Inside a seal nothing needs the escapes that HTML does, and a request is full of "&".
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly IDataProtector seal = protection.CreateProtector("KubeIdP.Login");

    /// <summary>Begins the way of a request and makes room for it among the browser's cookies.</summary>
    public LoginState Start(HttpContext http, LoginRequest request)
    {
        // Ids sort by time, so the oldest cookies are the first.
        var others = http.Request.Cookies.Keys.Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        foreach (var name in others.Take(others.Count - (MaxPerBrowser - 1)))
            http.Response.Cookies.Delete(name, CookieShape.HostOnly());

        var state = new LoginState
        {
            Id = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N"),
            Endpoint = request.Endpoint,
            Query = request.Query,
            ClientId = request.ClientId,
            Destination = request.Destination,
            RedirectOrigin = request.RedirectOrigin,
            LoginHint = request.LoginHint,
            StartedAt = clock.GetUtcNow(),
        };
        Save(http, state);
        return state;
    }

    /// <summary>The state of this id in this browser; null when there is none, it is too old, or somebody wrote it who could not.</summary>
    public LoginState? Find(HttpContext http, string? id)
    {
        if (id is null || id.Length != 32 || !http.Request.Cookies.TryGetValue(Prefix + id, out var value)) return null;

        try
        {
            var state = JsonSerializer.Deserialize<LoginState>(seal.Unprotect(Base64Url.DecodeFromChars(value)), Json);
            return state?.Id == id && clock.GetUtcNow() - state.StartedAt < Lifetime ? state : null;
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException or JsonException)
        {
            return null;
        }
    }

    public void Save(HttpContext http, LoginState state) =>
        http.Response.Cookies.Append(
            Prefix + state.Id, Base64Url.EncodeToString(seal.Protect(JsonSerializer.SerializeToUtf8Bytes(state, Json))), CookieShape.HostOnly());

    public static void Remove(HttpContext http, string id) => http.Response.Cookies.Delete(Prefix + id, CookieShape.HostOnly());
}
