using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.DataProtection;

namespace KubeIdP.Server.Onboarding;

/// <summary>
/// Stores an <see cref="OnboardingState"/> between two pages in a protected cookie: one of each kind per browser, for an hour.
/// </summary>
internal sealed class OnboardingCookies(IDataProtectionProvider protection, IssuerUrl issuer, TimeProvider clock)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    public OnboardingState? Find(HttpContext http, LinkKind kind)
    {
        if (!http.Request.Cookies.TryGetValue(NameOf(kind), out var value)) return null;

        try
        {
            var state = JsonSerializer.Deserialize<OnboardingState>(ProtectorOf(kind).Unprotect(Base64Url.DecodeFromChars(value)));
            return state is not null && clock.GetUtcNow() - state.StartedAt < Lifetime ? state : null;
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException or JsonException)
        {
            return null;
        }
    }

    public void Save(HttpContext http, LinkKind kind, OnboardingState state) => http.Response.Cookies.Append(
        NameOf(kind), Base64Url.EncodeToString(ProtectorOf(kind).Protect(JsonSerializer.SerializeToUtf8Bytes(state))),
        CookieShape.HostOnly());

    public void Remove(HttpContext http, LinkKind kind) => http.Response.Cookies.Delete(NameOf(kind), CookieShape.HostOnly());

    private IDataProtector ProtectorOf(LinkKind kind) => protection.CreateProtector("KubeIdP.Onboarding", kind.ToString());

    private string NameOf(LinkKind kind) => CookieShape.Name(issuer, kind is LinkKind.Setup ? "setup" : "invitation");
}
