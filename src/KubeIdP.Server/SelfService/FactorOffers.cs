using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using KubeIdP.Data.Sessions;
using Microsoft.AspNetCore.DataProtection;

namespace KubeIdP.Server.SelfService;

/// <summary>
/// Protects an offer in the form that shows it, so that opening the page stores nothing. It is valid in its own session, for 15 minutes,
/// and for one factor, whose id is in the protected data.
/// </summary>
internal sealed class FactorOffers(IDataProtectionProvider protection, TimeProvider clock)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    private readonly IDataProtector protector = protection.CreateProtector("KubeIdP.SelfService.FactorOffer");

    public FactorOffer Make(string factorId, string kind, string pending, BrowserSession session) =>
        new(factorId, kind, pending, session.Id, clock.GetUtcNow());

    public string Protect(FactorOffer offer) =>
        Base64Url.EncodeToString(protector.Protect(JsonSerializer.SerializeToUtf8Bytes(offer, JsonSerializerOptions.Default)));

    /// <summary>Null when it is too old, from another session, or not made by this server.</summary>
    public FactorOffer? Open(string? text, BrowserSession session)
    {
        try
        {
            var json = protector.Unprotect(Base64Url.DecodeFromChars(text));
            var offer = JsonSerializer.Deserialize<FactorOffer>(json, JsonSerializerOptions.Default);
            return offer?.SessionId == session.Id && clock.GetUtcNow() - offer.At < Lifetime ? offer : null;
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException or JsonException)
        {
            return null;
        }
    }
}
