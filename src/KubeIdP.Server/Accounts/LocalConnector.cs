using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Naming;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.People;
using Microsoft.AspNetCore.Identity;

namespace KubeIdP.Server.Accounts;

/// <summary>The local accounts, as an upstream like any other.</summary>
internal sealed class LocalConnector(PersonReader reader, PersonStore store, PasswordHashing hashing, ILogger<LocalConnector> logger)
    : IPasswordConnector, IRefreshConnector
{
    public ConnectorId Id => ConnectorId.Local;

    public async Task<UpstreamAnswer> AuthenticateAsync(string username, string password, Func<TriedAccount, Task<bool>> mayTry,
        CancellationToken ct)
    {
        var person = await FindByNameAsync(username, ct);
        if (!await mayTry(new TriedAccount(Id, person is { RemovedAt: null } ? person.UpstreamId : null, username)))
            return new UpstreamAnswer.Refused(Refusal.Delayed);

        // HMAC, and so PBKDF2, pads its key with zeros (RFC 2104 §2): "secret" and "secret\0" have the same hash.
        if (password.Length is 0 or > PasswordRules.MaxLength || password.Contains('\0', StringComparison.Ordinal))
            return new UpstreamAnswer.Refused(Refusal.WrongPassword);

        // Also for unknown and disabled people: the response time must not reveal who has an account.
        var verdict = await hashing.VerifyAsync(person, password, ct);
        if (verdict is null) return new UpstreamAnswer.Unreachable("Too many passwords are waiting to be checked.");

        if (person is null or { RemovedAt: not null }) return new UpstreamAnswer.Refused(Refusal.Unknown);
        if (verdict == PasswordVerificationResult.Failed) return new UpstreamAnswer.Refused(Refusal.WrongPassword);
        if (person.DisabledAt is not null) return new UpstreamAnswer.Refused(Refusal.Disabled);

        if (verdict == PasswordVerificationResult.SuccessRehashNeeded) await RehashAsync(person, password, ct);
        return new UpstreamAnswer.Known(IdentityOf(person));
    }

    public async Task<UpstreamAnswer> LookUpAsync(string upstreamId, CancellationToken ct)
    {
        var person = await reader.FindAsync(Id, upstreamId, ct);
        if (person is null or { RemovedAt: not null }) return new UpstreamAnswer.Refused(Refusal.Unknown);
        if (person.DisabledAt is not null) return new UpstreamAnswer.Refused(Refusal.Disabled);

        return new UpstreamAnswer.Known(IdentityOf(person));
    }

    private async Task<Person?> FindByNameAsync(string username, CancellationToken ct)
    {
        if (!UserName.IsAllowed(username)) return null;

        return await reader.FindByNameAsync(UserName.Normalize(username), ct) is { } person && person.Connector == Id.Value ? person : null;
    }

    private async Task RehashAsync(Person person, string password, CancellationToken ct)
    {
        await store.ReplaceHashAsync(new PersonId(person.Id), person.PasswordHash!, await hashing.HashAsync(password, ct), ct);
        logger.PasswordRehashed(person.Id);
    }

    private UpstreamIdentity IdentityOf(Person person) =>
        new(Id, person.UpstreamId, person.UserName!, person.DisplayName, person.Email, person.EmailConfirmed, person.Groups);
}
