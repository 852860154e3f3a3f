using System.Threading.RateLimiting;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.People;
using KubeIdP.Server.Keys;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace KubeIdP.Server.Accounts;

/// <summary>
/// Hashes passwords on all processors but one, so that a rush of logins can't starve the refreshes that run beside it.
/// Who finds the queue full is told so: nothing waits without bound for a stranger.
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

    /// <summary>Null when too many are waiting. Without a person the same work is done, and the answer is no.</summary>
    public async Task<PasswordVerificationResult?> VerifyAsync(Person? person, string password, CancellationToken ct)
    {
        using var turn = await processors.AcquireAsync(1, ct);
        if (!turn.IsAcquired) return null;

        if (person?.PasswordHash is { } hash)
        {
            if (IsWhole(hash)) return hasher.VerifyHashedPassword(person, hash, password);
            await unreadable.ReportAsync($"The password of {person.UserName}", $"Have them choose another one: people invite {person.UserName}", Identifier.OrNull<PersonId>(person.Id), ct);
        }

        // The same derivation as above, for a hash that nobody keeps, or that can't be compared with.
        hasher.HashPassword(null!, password);
        return PasswordVerificationResult.Failed;
    }

    /// <summary>For administrators and for people whose password has just been right, who wait as long as it takes.</summary>
    public async Task<string> HashAsync(string password, CancellationToken ct)
    {
        while (true)
        {
            using var turn = await processors.AcquireAsync(1, ct);
            if (turn.IsAcquired) return hasher.HashPassword(null!, password);

            await Task.Delay(TimeSpan.FromMilliseconds(100), ct);
        }
    }

    /// <summary>Whether the framework made it (format 3 of Identity: a header, salt and subkey). Of one that is no base64 it would make an exception.</summary>
    private static bool IsWhole(string hash)
    {
        Span<byte> bytes = stackalloc byte[128];
        return Convert.TryFromBase64String(hash, bytes, out var length) && length >= 45 && bytes[0] == 1;
    }

    public void Dispose() => processors.Dispose();
}
