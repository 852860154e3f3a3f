using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Naming;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.People;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.DataProtection;

namespace KubeIdP.Server.Throttling;

/// <summary>
/// Stores in a protected cookie who has signed in with a browser, so that guesses made elsewhere don't delay these people there. The cookie
/// proves nothing: its holder still needs the password and the factor, and has a counter of its own against guessing.
/// </summary>
internal sealed class KnownBrowsers(IDataProtectionProvider protection, PasswordStampStore stamps, IssuerUrl issuer, TimeProvider clock)
{
    public const int MaxPeople = 5;

    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(180);

    private readonly string name = CookieShape.Name(issuer, "known");

    private readonly IDataProtector protector = protection.CreateProtector("KubeIdP.KnownBrowser");

    /// <summary>Whether anybody has signed in with this browser.</summary>
    public bool IsKnown(HttpContext http) => Read(http) is not null;

    /// <summary>Null if the person of this account has not signed in with this browser, or their password has changed since.</summary>
    public async Task<KnownBrowser?> FindAsync(HttpContext http, TriedAccount account, CancellationToken ct)
    {
        if (Read(http) is not { } memory || await StampOfAsync(account, ct) is not { } person) return null;

        var known = memory.People.FirstOrDefault(visit => visit.PersonId == person.PersonId);
        return known is not null && clock.GetUtcNow() - known.At < Lifetime
            && CryptographicOperations.FixedTimeEquals(known.Stamp, person.Stamp)
            ? new KnownBrowser(memory.BrowserId, person.PersonId)
            : null;
    }

    /// <summary>
    /// Adds the person to the cookie; beyond <see cref="MaxPeople"/> the person who has not signed in for longest is removed.
    /// </summary>
    public void Remember(HttpContext http, PasswordStamp person)
    {
        var memory = Read(http) ?? new Memory(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)), []);
        var others = memory.People.Where(visit => visit.PersonId != person.PersonId).Take(MaxPeople - 1);
        var updated = memory with { People = [new Visit(person.PersonId, person.Stamp, clock.GetUtcNow()), .. others] };

        var shape = CookieShape.HostOnly();
        shape.MaxAge = Lifetime;
        http.Response.Cookies.Append(name,
            Base64Url.EncodeToString(protector.Protect(JsonSerializer.SerializeToUtf8Bytes(updated, JsonSerializerOptions.Default))),
            shape);
    }

    private async Task<PasswordStamp?> StampOfAsync(TriedAccount account, CancellationToken ct)
    {
        if (account.UpstreamId is { } id) return await stamps.FindAsync(account.Connector, id, ct);
        return UserName.IsAllowed(account.Name)
            ? await stamps.FindByNameAsync(account.Connector, UserName.Normalize(account.Name), ct)
            : null;
    }

    private Memory? Read(HttpContext http)
    {
        if (!http.Request.Cookies.TryGetValue(name, out var value)) return null;

        try
        {
            return JsonSerializer.Deserialize<Memory>(protector.Unprotect(Base64Url.DecodeFromChars(value)), JsonSerializerOptions.Default);
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException or JsonException)
        {
            return null;
        }
    }

    private sealed record Memory(string BrowserId, IReadOnlyList<Visit> People);

    private sealed record Visit(PersonId PersonId, byte[] Stamp, DateTimeOffset At);
}
