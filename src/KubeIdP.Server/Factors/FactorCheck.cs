using System.Security.Cryptography;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Factors;
using KubeIdP.Data.People;
using KubeIdP.Server.Audit;
using KubeIdP.Server.Authorize;
using KubeIdP.Server.Enrolment;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Factors;

/// <summary>What came of a code.</summary>
internal enum FactorResult
{
    Right,

    /// <summary>Another try is left.</summary>
    Wrong,

    /// <summary>There is nothing to compare a code with: what is kept of the authenticator does not open. The try is not counted.</summary>
    Unreadable,

    /// <summary>The last try is used up, or the login was overtaken by another one or by an administrator: the login begins again.</summary>
    LoginOver,
}

/// <summary>Whose try it is, and where it came from for the audit.</summary>
/// <param name="Proof">What came before the factor; at an invitation the password that is about to be set.</param>
/// <param name="ClientId">Null outside of a login.</param>
internal sealed record FactorTry(FirstProof Proof, string? ClientId, string? Address, string Reference);

/// <summary>What came of the first code of a new authenticator.</summary>
internal abstract record FirstCode
{
    private FirstCode()
    {
    }

    public sealed record Right(FirstFactor Factor) : FirstCode;

    /// <param name="Result">Anything but <see cref="FactorResult.Right"/>.</param>
    public sealed record Refused(FactorResult Result) : FirstCode;
}

/// <summary>Checks codes. Each is counted before it is looked at, and used up when it was right.</summary>
internal sealed class FactorCheck(
    FactorStore store, RecoveryCodeStore recovery, TotpSecrets secrets, UnreadableSecrets unreadable, NewAuthenticator authenticator, AuditLog auditLog, LoginMetrics metrics, EnrolmentOptions options, TimeProvider clock, ILogger<FactorCheck> logger)
{
    public async Task<FactorResult> VerifyAsync(FactorTry attempt, IReadOnlyList<StoredFactor> factors, string? code, CancellationToken ct)
    {
        var proof = attempt.Proof;
        if (await CountAsync(proof, ct) is not { } tries) return FactorResult.LoginOver;

        var opened = await OpenAsync(factors, proof, ct);
        if (opened.Count == 0 && factors.Count > 0)
        {
            await store.ReturnTryAsync(new PersonId(proof.PersonId), proof.FactorEpoch, ct);
            return FactorResult.Unreadable;
        }

        var now = clock.GetUtcNow();
        List<FactorUse> uses = [];
        foreach (var (id, secret) in opened)
        {
            if (Totp.MatchedStep(secret, code, now) is { } step) uses.Add(new FactorUse(id, step));
        }

        if (uses is []) return await RefuseAsync(attempt, tries, "wrong code", ct);

        // RFC 6238 §5.2: a code is good once. Of two that arrive together, one finds the step unused.
        if (!await store.UseAsync(new PersonId(proof.PersonId), proof.FactorEpoch, uses, ct)) return await RefuseAsync(attempt, tries, "used code", ct);

        logger.FactorProven(proof.PersonId);
        return FactorResult.Right;
    }

    /// <summary>A recovery code in place of the factor; counted like every other try.</summary>
    public async Task<FactorResult> UseRecoveryCodeAsync(FactorTry attempt, string code, CancellationToken ct)
    {
        var proof = attempt.Proof;
        if (await CountAsync(proof, ct) is not { } tries) return FactorResult.LoginOver;

        var used = EntryOf(attempt, AuditEventType.RecoveryCodeUsed, "") with { Actor = proof.PersonId };
        if (await recovery.UseAsync(new PersonId(proof.PersonId), proof.FactorEpoch, RecoveryCodes.Hash(code), used, ct) is not { } left)
            return await RefuseAsync(attempt, tries, "wrong recovery code", ct);

        logger.RecoveryCodeUsed(proof.PersonId, left);
        return FactorResult.Right;
    }

    public async Task<FactorResult> VerifyEnrolmentCodeAsync(FactorTry attempt, FactorStatus status, string code, CancellationToken ct)
    {
        var proof = attempt.Proof;
        if (await CountAsync(proof, ct) is not { } tries) return FactorResult.LoginOver;

        if (!IsGood(status, EnrolmentCode.Hash(code))) return await RefuseAsync(attempt, tries, "wrong enrolment code", ct);

        await store.ReturnTryAsync(new PersonId(proof.PersonId), proof.FactorEpoch, ct);
        return FactorResult.Right;
    }

    /// <summary>Stores the pending secret, and the recovery codes, when its first code is right. The person's epoch is then one higher.</summary>
    public async Task<FactorResult> EnrolAsync(FactorTry attempt, PendingEnrolment pending, string? code, IReadOnlyList<string> recoveryCodes, CancellationToken ct)
    {
        var proof = attempt.Proof;
        var first = await ConfirmAsync(attempt, pending.Secret, code, recoveryCodes, ct);
        if (first is FirstCode.Refused(var result)) return result;

        var confirmed = ((FirstCode.Right)first).Factor;
        var factor = new NewFactor(new PersonId(proof.PersonId), confirmed, proof.FactorEpoch, pending.EnrolmentCodeHash) { OpenBefore = options.OpenBefore };
        if (!await store.EnrolAsync(factor, EntryOf(attempt, AuditEventType.FactorEnrolled, pending.EnrolmentCodeHash is null ? "totp, without a code while enrolment was open" : "totp") with { Actor = proof.PersonId }, ct))
            return FactorResult.LoginOver;

        logger.FactorEnrolled(proof.PersonId, confirmed.Confirmed.Id);
        return FactorResult.Right;
    }

    /// <summary>Counts a try at the first code of a new authenticator and looks at it; nothing is stored but the count.</summary>
    public async Task<FirstCode> ConfirmAsync(FactorTry attempt, string secret, string? code, IReadOnlyList<string> recoveryCodes, CancellationToken ct)
    {
        if (await CountAsync(attempt.Proof, ct) is not { } tries) return new FirstCode.Refused(FactorResult.LoginOver);

        return authenticator.Confirm(secret, code, attempt.Proof.PersonId, recoveryCodes) is { } factor
            ? new FirstCode.Right(factor)
            : new FirstCode.Refused(await RefuseAsync(attempt, tries, "wrong first code", ct));
    }

    /// <summary>Whether a code of this hash allows to set up a factor now, by the database's clock.</summary>
    public static bool IsGood(FactorStatus status, byte[] enrolmentCodeHash) =>
        status.EnrolmentCodeHash is { } expected && CryptographicOperations.FixedTimeEquals(expected, enrolmentCodeHash)
        && status.EnrolmentCodeExpiresAt > status.Now;

    /// <summary>Whether this person needs no code now: nobody has made them one, and the roll-out to the directories' people is on.</summary>
    public bool IsOpenFor(FactorStatus status) => options.IsOpenAt(status.Now) && status is { IsUpstream: true, EnrolmentCodeHash: null, Factors: [] };

    private Task<int?> CountAsync(FirstProof proof, CancellationToken ct) =>
        store.CountTryAsync(new PersonId(proof.PersonId), proof.FactorEpoch, FactorThrottle.Of(proof), ct);

    /// <summary>The secrets of those that open. A code that may be another one's is a wrong code: else whoever damages one row could guess at the next.</summary>
    private async Task<IReadOnlyList<(string Id, byte[] Secret)>> OpenAsync(IReadOnlyList<StoredFactor> factors, FirstProof proof, CancellationToken ct)
    {
        var opened = new List<(string Id, byte[] Secret)>();
        foreach (var factor in factors)
        {
            if (secrets.Open(factor.State, factor.Id, proof.PersonId) is { } secret) opened.Add((factor.Id, secret));
            else await unreadable.ReportAsync($"The secret of the authenticator {factor.Id}", $"Reset the second factor: people reset-factors {proof.Username}", proof.PersonId, ct);
        }

        return opened;
    }

    private async Task<FactorResult> RefuseAsync(FactorTry attempt, int tries, string reason, CancellationToken ct)
    {
        logger.FactorRefused(attempt.Proof.PersonId, reason, tries);
        metrics.FactorRefused();
        await auditLog.AppendAsync(EntryOf(attempt, AuditEventType.FactorRefused, reason), ct);
        return tries < FactorThrottle.Of(attempt.Proof) ? FactorResult.Wrong : FactorResult.LoginOver;
    }

    private static NewAuditEvent EntryOf(FactorTry attempt, string type, string detail) => new(type)
    {
        PersonId = attempt.Proof.PersonId,
        ClientId = attempt.ClientId,
        Address = attempt.Address,
        Detail = detail,
        Reference = attempt.Reference,
    };
}
