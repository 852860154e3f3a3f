using KubeIdP.Core.Factors;
using KubeIdP.Data.Factors;
using KubeIdP.Server.Authorize;
using KubeIdP.Server.Factors.RecoveryCodes;

namespace KubeIdP.Server.Factors;

/// <summary>The kinds of factors that this server has.</summary>
internal sealed class FactorKinds(IEnumerable<IFactorKind> kinds, TimeProvider clock)
{
    /// <summary>In the order of <see cref="FactorKind.All"/>.</summary>
    public IReadOnlyList<IFactorKind> All { get; } =
        [.. FactorKind.All.Select(kind => kinds.Single(registered => registered.Kind == kind))];

    /// <summary>The kinds that people set up.</summary>
    public IEnumerable<IFactorEnrolment> Enrolments => All.OfType<IFactorEnrolment>();

    /// <summary>The kind that a person without a factor sets up.</summary>
    public IFactorEnrolment First => Enrolments.First(kind => kind.Kind.CanBeFirst);

    /// <summary>Null when there is no such kind, or people can't set it up.</summary>
    public IFactorEnrolment? FindEnrolment(string? kind) => Enrolments.FirstOrDefault(enrolment => enrolment.Kind.Name == kind);

    /// <summary>
    /// The other kinds that a person with these factors can use. A kind that replaces a lost factor needs no row.
    /// </summary>
    public IEnumerable<IFactorKind> AlternativesTo(IFactorKind own, IReadOnlyList<StoredFactor> factors) =>
        All.Where(kind => kind != own && (!kind.Kind.CanBeFirst || factors.Any(factor => factor.Kind == kind.Kind.Name)));

    /// <summary>A first factor before it is confirmed.</summary>
    public async Task<PendingFactor> BeginFirstAsync(EnrollingPerson person, CancellationToken ct) =>
        new(First.Kind.Name, await First.BeginAsync(person, ct));

    /// <summary>What the page shows of a factor that is not confirmed yet.</summary>
    public FactorForm FormOf(PendingFactor pending, EnrollingPerson person) => EnrolmentOf(pending).FormOf(pending.State, person);

    /// <summary>
    /// The first factor of a person with its recovery codes; null when the answer is wrong. The caller counts the attempts.
    /// </summary>
    public async Task<FirstFactor?> ConfirmFirstAsync(
        PendingFactor pending, EnrollingPerson person, string? answer, IReadOnlyList<string> recoveryCodes, CancellationToken ct)
    {
        var kind = EnrolmentOf(pending);
        return await kind.ConfirmAsync(pending.State, person, answer, NewId(), kind.Words.NewName, ct) is { } confirmed
            ? new FirstFactor(confirmed, [.. recoveryCodes.Select(RecoveryCodeSet.Hash)])
            : null;
    }

    /// <summary>A new id for the row of a factor. Ids sort by time and are not secret.</summary>
    public string NewId() => Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");

    private IFactorEnrolment EnrolmentOf(PendingFactor pending) =>
        FindEnrolment(pending.Kind)
            ?? throw new InvalidOperationException(
                $"The enrolment of a factor of the kind {pending.Kind} was begun, but people can't set up this kind.");
}
