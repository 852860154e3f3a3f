using KubeIdP.Core.Factors;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Factors;

namespace KubeIdP.Server.Factors.RecoveryCodes;

/// <summary>
/// Recovery codes, which replace a lost factor. They are created with the first factor and on the person's account page, never without a
/// factor.
/// </summary>
internal sealed class RecoveryCodeFactor(RecoveryCodeStore store, ILogger<RecoveryCodeFactor> logger) : IFactorKind
{
    public FactorKind Kind => FactorKind.RecoveryCode;

    public string Page => "recovery";

    public string LinkText => Texts.LostFactor;

    public async Task<FactorVerdict> VerifyAsync(
        FactorAttempt attempt, IReadOnlyList<StoredFactor> factors, string? answer, CancellationToken ct)
    {
        var proof = attempt.Proof;
        var used = attempt.Event(AuditEventType.RecoveryCodeUsed, "") with { Actor = proof.PersonId };
        if (await store.UseAsync(proof.PersonId, proof.FactorEpoch, RecoveryCodeSet.Hash(answer ?? ""), used, ct) is not { } left)
            return new FactorVerdict.Wrong("wrong recovery code");

        logger.RecoveryCodeUsed(proof.PersonId, left);
        return new FactorVerdict.Right();
    }
}
