using System.Threading.RateLimiting;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.People;
using KubeIdP.Server.Keys;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace KubeIdP.Server.Accounts;

/// <summary>
/// Hashes passwords on all processors but one, so that many logins at once can't starve refreshes. When the queue is full, requests are
/// refused: the queue is bounded, because strangers can fill it.
/// </summary>
internal sealed class PasswordHashing(IOptions<PasswordHasherOptions> options, UnreadableSecrets unreadable) : IDisposable
{
    private const int MaxWaiting = 100;

    private readonly PasswordHasher<Person> hasher = new(options);

    private readonly ConcurrencyLimiter processors = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = Math.Max(1, Environment.ProcessorCount - 1),
        QueueLimit = MaxWaiting,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>Null when too many are waiting. Without a person the same work is done, and the result is false.</summary>
    public async Task<PasswordVerificationResult?> VerifyAsync(Person? person, string password, CancellationToken ct)
    {
        using var lease = await processors.AcquireAsync(1, ct);
        if (!lease.IsAcquired) return null;

        if (person?.PasswordHash is { } hash)
        {
            if (IsWhole(hash)) return hasher.VerifyHashedPassword(person, hash, password);
            await unreadable.ReportAsync($"The password of {person.UserName}",
                $"Have them choose another one: people invite {person.UserName}", Identifier.OrNull<PersonId>(person.Id), ct);
        }

        // The same derivation as above, for a person without a hash or with an unreadable one.
        hasher.HashPassword(null!, password);
        return PasswordVerificationResult.Failed;
    }

    /// <summary>For administrators and for people whose password has just been verified; they wait without a limit.</summary>
    public async Task<string> HashAsync(string password, CancellationToken ct)
    {
        while (true)
        {
            using var lease = await processors.AcquireAsync(1, ct);
            if (lease.IsAcquired) return hasher.HashPassword(null!, password);

            await Task.Delay(TimeSpan.FromMilliseconds(100), ct);
        }
    }

    /// <summary>
    /// Whether the hash has format 3 of Identity (header, salt and subkey). With invalid base64 the framework would throw.
    /// </summary>
    private static bool IsWhole(string hash)
    {
        Span<byte> bytes = stackalloc byte[128];
        return Convert.TryFromBase64String(hash, bytes, out var length) && length >= 45 && bytes[0] == 1;
    }

    public void Dispose() => processors.Dispose();
}
