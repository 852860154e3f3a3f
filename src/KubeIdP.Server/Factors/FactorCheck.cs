using System.Security.Cryptography;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Factors;
using KubeIdP.Server.Audit;
using KubeIdP.Server.Authorize;
using KubeIdP.Server.Enrolment;

namespace KubeIdP.Server.Factors;

/// <summary>
/// Has answers of every kind checked. Each is counted on the person's row before anybody looks at it, and audited when it was wrong.
/// </summary>
internal sealed class FactorCheck(
    FactorStore store, FactorKinds kinds, AuditLog auditLog, LoginMetrics metrics, EnrolmentOptions options, ILogger<FactorCheck> logger)
{
    /// <param name="kind">By which the person proves themselves.</param>
    /// <param name="attempt">Whose try it is.</param>
    /// <param name="factors">All of the person's.</param>
    /// <param name="answer">What was entered.</param>
    /// <param name="ct">Ends the check.</param>
    public async Task<FactorResult> VerifyAsync(
        IFactorKind kind, FactorTry attempt, IReadOnlyList<StoredFactor> factors, string? answer, CancellationToken ct)
    {
        var proof = attempt.Proof;
        if (await CountAsync(proof, ct) is not { } tries) return FactorResult.LoginOver;

        switch (await kind.VerifyAsync(attempt, [.. factors.Where(factor => factor.Kind == kind.Kind.Name)], answer, ct))
        {
            case FactorVerdict.Right:
                return FactorResult.Right;
            case FactorVerdict.Wrong(var reason):
                return await RefuseAsync(attempt, tries, reason, ct);
            case FactorVerdict.Unreadable:
                await store.ReturnTryAsync(proof.PersonId, proof.FactorEpoch, ct);
                return FactorResult.Unreadable;
            default:
                throw new InvalidOperationException("A verdict is one of three.");
        }
    }

    public async Task<FactorResult> VerifyEnrolmentCodeAsync(FactorTry attempt, FactorStatus status, string code, CancellationToken ct)
    {
        var proof = attempt.Proof;
        if (await CountAsync(proof, ct) is not { } tries) return FactorResult.LoginOver;

        if (!IsGood(status, EnrolmentCode.Hash(code))) return await RefuseAsync(attempt, tries, "wrong enrolment code", ct);

        await store.ReturnTryAsync(proof.PersonId, proof.FactorEpoch, ct);
        return FactorResult.Right;
    }

    /// <summary>
    /// Stores the pending factor, and the recovery codes, when its first answer is right. The person's epoch is then one higher.
    /// </summary>
    public async Task<FactorResult> EnrolAsync(
        FactorTry attempt, PendingEnrolment pending, string? answer, IReadOnlyList<string> recoveryCodes, CancellationToken ct)
    {
        var proof = attempt.Proof;
        var first = await ConfirmAsync(attempt, pending.Factor, answer, recoveryCodes, ct);
        if (first is FirstAnswer.Refused(var result)) return result;

        var factor = ((FirstAnswer.Right)first).Factor;
        var enrolment = new NewFactor(proof.PersonId, factor, proof.FactorEpoch, pending.EnrolmentCodeHash)
        {
            OpenBefore = options.OpenBefore,
        };
        var withoutCode = pending.EnrolmentCodeHash is null ? ", without a code while enrolment was open" : "";
        var detail = $"{pending.Factor.Kind}{withoutCode}";
        var audit = attempt.Event(AuditEventType.FactorEnrolled, detail) with { Actor = proof.PersonId };
        if (!await store.EnrolAsync(enrolment, audit, ct)) return FactorResult.LoginOver;

        logger.FactorEnrolled(proof.PersonId, factor.Confirmed.Id);
        return FactorResult.Right;
    }

    /// <summary>Counts a try at the first answer of a new factor and looks at it; nothing is stored but the count.</summary>
    public async Task<FirstAnswer> ConfirmAsync(
        FactorTry attempt, PendingFactor pending, string? answer, IReadOnlyList<string> recoveryCodes, CancellationToken ct)
    {
        if (await CountAsync(attempt.Proof, ct) is not { } tries) return new FirstAnswer.Refused(FactorResult.LoginOver);

        return kinds.ConfirmFirst(pending, answer, attempt.Proof.PersonId, recoveryCodes) is { } factor
            ? new FirstAnswer.Right(factor)
            : new FirstAnswer.Refused(await RefuseAsync(attempt, tries, "wrong first code", ct));
    }

    /// <summary>Whether a code of this hash allows to set up a factor now, by the database's clock.</summary>
    public static bool IsGood(FactorStatus status, byte[] enrolmentCodeHash) =>
        status.EnrolmentCodeHash is { } expected && CryptographicOperations.FixedTimeEquals(expected, enrolmentCodeHash)
        && status.EnrolmentCodeExpiresAt > status.Now;

    /// <summary>
    /// Whether this person needs no code now: nobody has made them one, and the roll-out to the directories' people is on.
    /// </summary>
    public bool IsOpenFor(FactorStatus status) =>
        options.IsOpenAt(status.Now) && status is { IsUpstream: true, EnrolmentCodeHash: null, Factors: [] };

    private Task<int?> CountAsync(FirstProof proof, CancellationToken ct) =>
        store.CountTryAsync(proof.PersonId, proof.FactorEpoch, FactorThrottle.Of(proof), ct);

    private async Task<FactorResult> RefuseAsync(FactorTry attempt, int tries, string reason, CancellationToken ct)
    {
        logger.FactorRefused(attempt.Proof.PersonId, reason, tries);
        metrics.FactorRefused();
        await auditLog.AppendAsync(attempt.Event(AuditEventType.FactorRefused, reason), ct);
        return tries < FactorThrottle.Of(attempt.Proof) ? FactorResult.Wrong : FactorResult.LoginOver;
    }
}
