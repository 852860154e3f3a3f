using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Factors;
using Microsoft.AspNetCore.DataProtection;

namespace KubeIdP.Server.SelfService;

/// <summary>A secret shown to a person who has not confirmed it yet, and the factor that it will be.</summary>
internal sealed record AuthenticatorOffer(string FactorId, string Secret, string SessionId, DateTimeOffset At);

/// <summary>
/// Keeps an offer sealed in the form that shows it, so that looking at the page stores nothing. It is good in its own session, for a quarter of an hour,
/// and for one factor: its id is in the seal.
/// </summary>
internal sealed class AuthenticatorOffers(IDataProtectionProvider protection, TimeProvider clock)
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(15);

    private readonly IDataProtector seal = protection.CreateProtector("KubeIdP.SelfService.AuthenticatorOffer");

    public AuthenticatorOffer Make(BrowserSession session) =>
        new(Guid.CreateVersion7(clock.GetUtcNow()).ToString("N"), Totp.ToBase32(Totp.NewSecret()), session.Id, clock.GetUtcNow());

    public string Seal(AuthenticatorOffer offer) => Base64Url.EncodeToString(seal.Protect(JsonSerializer.SerializeToUtf8Bytes(offer, JsonSerializerOptions.Default)));

    /// <summary>Null when it is too old, another session's, or not ours.</summary>
    public AuthenticatorOffer? Open(string? text, BrowserSession session)
    {
        try
        {
            var offer = JsonSerializer.Deserialize<AuthenticatorOffer>(seal.Unprotect(Base64Url.DecodeFromChars(text)), JsonSerializerOptions.Default);
            return offer?.SessionId == session.Id && clock.GetUtcNow() - offer.At < GoodFor ? offer : null;
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException or JsonException)
        {
            return null;
        }
    }
}
