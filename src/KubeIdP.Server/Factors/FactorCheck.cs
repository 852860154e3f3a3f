using System.Security.Cryptography;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Factors;
using KubeIdP.Server.Audit;
using KubeIdP.Server.Authorize;
using KubeIdP.Server.Enrolment;

namespace KubeIdP.Server.Factors;

/// <summary>
/// Checks answers for every kind of factor. Each attempt is counted on the row of the person before it is checked, and recorded in the
/// audit log when it was wrong.
/// </summary>
internal sealed class FactorCheck(
    FactorStore store, FactorKinds kinds, AuditLog auditLog, LoginMetrics metrics, EnrolmentOptions options, ILogger<FactorCheck> logger)
{
    /// <param name="kind">The kind of the factor.</param>
    /// <param name="attempt">The person, and where the attempt came from.</param>
    /// <param name="factors">All factors of the person.</param>
    /// <param name="answer">What was entered.</param>
    /// <param name="ct">Cancels the check.</param>
    public async Task<FactorResult> VerifyAsync(
        IFactorKind kind, FactorAttempt attempt, IReadOnlyList<StoredFactor> factors, string? answer, CancellationToken ct)
    {
        var proof = attempt.Proof;
        if (await CountAsync(proof, ct) is not { } attempts) return FactorResult.LoginOver;

        switch (await kind.VerifyAsync(attempt, [.. factors.Where(factor => factor.Kind == kind.Kind.Name)], answer, ct))
        {
            case FactorVerdict.Right:
                return FactorResult.Right;
            case FactorVerdict.Wrong(var reason):
                return await RefuseAsync(attempt, attempts, reason, ct);
            case FactorVerdict.Unreadable:
                await store.ReturnAttemptAsync(proof.PersonId, proof.FactorEpoch, ct);
                return FactorResult.Unreadable;
            default:
                throw new InvalidOperationException("The verdict is of an unknown kind.");
        }
    }

    public async Task<FactorResult> VerifyEnrolmentCodeAsync(FactorAttempt attempt, FactorStatus status, string code, CancellationToken ct)
    {
        var proof = attempt.Proof;
        if (await CountAsync(proof, ct) is not { } attempts) return FactorResult.LoginOver;

        if (!IsValidCode(status, EnrolmentCode.Hash(code))) return await RefuseAsync(attempt, attempts, "wrong enrolment code", ct);

        await store.ReturnAttemptAsync(proof.PersonId, proof.FactorEpoch, ct);
        return FactorResult.Right;
    }

    /// <summary>
    /// Stores the pending factor and the recovery codes when the first answer is right. This raises the epoch of the person by one.
    /// </summary>
    public async Task<FactorResult> EnrolAsync(
        FactorAttempt attempt, PendingEnrolment pending, string? answer, IReadOnlyList<string> recoveryCodes, CancellationToken ct)
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

    /// <summary>Counts an attempt at the first answer of a new factor and checks the answer; only the count is stored.</summary>
    public async Task<FirstAnswer> ConfirmAsync(
        FactorAttempt attempt, PendingFactor pending, string? answer, IReadOnlyList<string> recoveryCodes, CancellationToken ct)
    {
        if (await CountAsync(attempt.Proof, ct) is not { } attempts) return new FirstAnswer.Refused(FactorResult.LoginOver);

        var person = EnrollingPerson.WithoutFactors(attempt.Proof.PersonId, attempt.Proof.Username);
        return await kinds.ConfirmFirstAsync(pending, person, answer, recoveryCodes, ct) is { } factor
            ? new FirstAnswer.Right(factor)
            : new FirstAnswer.Refused(await RefuseAsync(attempt, attempts, "wrong first answer", ct));
    }

    /// <summary>Whether an enrolment code with this hash allows to set up a factor now, by the clock of the database.</summary>
    public static bool IsValidCode(FactorStatus status, byte[] enrolmentCodeHash) =>
        status.EnrolmentCodeHash is { } expected && CryptographicOperations.FixedTimeEquals(expected, enrolmentCodeHash)
        && status.EnrolmentCodeExpiresAt > status.Now;

    /// <summary>
    /// Whether this person needs no code now: they are from a directory, no code was created for them, and enrolment is open.
    /// </summary>
    public bool IsOpenFor(FactorStatus status) =>
        options.IsOpenAt(status.Now) && status is { IsUpstream: true, EnrolmentCodeHash: null, Factors: [] };

    private Task<int?> CountAsync(FirstProof proof, CancellationToken ct) =>
        store.CountAttemptAsync(proof.PersonId, proof.FactorEpoch, FactorThrottle.Of(proof), ct);

    private async Task<FactorResult> RefuseAsync(FactorAttempt attempt, int attempts, string reason, CancellationToken ct)
    {
        logger.FactorRefused(attempt.Proof.PersonId, reason, attempts);
        metrics.FactorRefused();
        await auditLog.AppendAsync(attempt.Event(AuditEventType.FactorRefused, reason), ct);
        return attempts < FactorThrottle.Of(attempt.Proof) ? FactorResult.Wrong : FactorResult.LoginOver;
    }
}
