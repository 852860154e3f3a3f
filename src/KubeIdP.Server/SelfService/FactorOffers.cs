using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Sessions;
using Microsoft.AspNetCore.DataProtection;

namespace KubeIdP.Server.SelfService;

/// <summary>A factor shown to a person who has not confirmed it yet, and the row that it will be.</summary>
/// <param name="Kind">The name of its <see cref="Core.Factors.FactorKind"/>.</param>
/// <param name="Pending">What the kind has begun with.</param>
internal sealed record FactorOffer(string FactorId, string Kind, string Pending, SessionId SessionId, DateTimeOffset At);

/// <summary>
/// Keeps an offer sealed in the form that shows it, so that looking at the page stores nothing. It is good in its own session, for a
/// quarter of an hour, and for one factor: its id is in the seal.
/// </summary>
internal sealed class FactorOffers(IDataProtectionProvider protection, TimeProvider clock)
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(15);

    private readonly IDataProtector seal = protection.CreateProtector("KubeIdP.SelfService.FactorOffer");

    public FactorOffer Make(string factorId, string kind, string pending, BrowserSession session) =>
        new(factorId, kind, pending, session.Id, clock.GetUtcNow());

    public string Seal(FactorOffer offer) =>
        Base64Url.EncodeToString(seal.Protect(JsonSerializer.SerializeToUtf8Bytes(offer, JsonSerializerOptions.Default)));

    /// <summary>Null when it is too old, another session's, or not ours.</summary>
    public FactorOffer? Open(string? text, BrowserSession session)
    {
        try
        {
            var json = seal.Unprotect(Base64Url.DecodeFromChars(text));
            var offer = JsonSerializer.Deserialize<FactorOffer>(json, JsonSerializerOptions.Default);
            return offer?.SessionId == session.Id && clock.GetUtcNow() - offer.At < GoodFor ? offer : null;
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException or JsonException)
        {
            return null;
        }
    }
}
