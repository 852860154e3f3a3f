using KubeIdP.Core.Factors;
using KubeIdP.Data.Factors;
using KubeIdP.Server.Authorize;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Factors.Totp;

/// <summary>
/// Authenticator apps. A factor's state is its secret, its counter the step of the last code (RFC 6238 §5.2: a code is good once).
/// </summary>
internal sealed class TotpFactor(
    TotpStore store, TotpSecrets secrets, TotpLabel label, UnreadableSecrets unreadable, TimeProvider clock, ILogger<TotpFactor> logger)
    : IFactorEnrolment
{
    public FactorKind Kind => FactorKind.Totp;

    public string Page => "factor";

    public string LinkText => Texts.UseAuthenticator;

    public FactorTexts Words =>
        new(Texts.Authenticators, Texts.AuthenticatorsLead, Texts.AddAuthenticator, Texts.AddRefused.Markup(), Texts.NewAuthenticatorName);

    public async Task<FactorVerdict> VerifyAsync(
        FactorAttempt attempt, IReadOnlyList<StoredFactor> factors, string? answer, CancellationToken ct)
    {
        var proof = attempt.Proof;
        var opened = await OpenAsync(attempt, factors, ct);
        if (opened.Count == 0 && factors.Count > 0) return new FactorVerdict.Unreadable();

        var now = clock.GetUtcNow();
        List<TotpUse> uses = [];
        foreach (var (id, secret) in opened)
        {
            if (TotpCodes.MatchedStep(secret, answer, now) is { } step) uses.Add(new TotpUse(id, step));
        }

        if (uses is []) return new FactorVerdict.Wrong("wrong code");

        // Of two attempts that arrive at the same time, only one finds the step unused.
        if (!await store.UseAsync(proof.PersonId, proof.FactorEpoch, uses, ct)) return new FactorVerdict.Wrong("used code");

        logger.FactorProven(proof.PersonId);
        return new FactorVerdict.Right();
    }

    /// <summary>The secret in base32: as it is shown, and as the state of the enrolment.</summary>
    public Task<string> BeginAsync(EnrollingPerson person, CancellationToken ct) =>
        Task.FromResult(TotpCodes.ToBase32(TotpCodes.NewSecret()));

    public FactorForm FormOf(string pending, EnrollingPerson person) =>
        new(View("SetupKey"), SetupKey.Of(label, person.Username, pending), View("CodeField"), Texts.FirstCodeRefused.Markup());

    public Task<ConfirmedFactor?> ConfirmAsync(
        string pending, EnrollingPerson person, string? answer, string factorId, string name, CancellationToken ct)
    {
        var secret = TotpCodes.FromBase32(pending);
        return Task.FromResult(TotpCodes.MatchedStep(secret, answer, clock.GetUtcNow()) is { } step
            ? new ConfirmedFactor(factorId, Kind, name, secrets.Protect(secret, factorId, person.PersonId), step)
            : null);
    }

    /// <summary>
    /// The secrets that can be opened. If one can't be opened and the code matches none of the others, the code counts as wrong; otherwise
    /// damaging one row would allow uncounted guesses for the next.
    /// </summary>
    private async Task<IReadOnlyList<(string Id, byte[] Secret)>> OpenAsync(
        FactorAttempt attempt, IReadOnlyList<StoredFactor> factors, CancellationToken ct)
    {
        var (proof, opened) = (attempt.Proof, new List<(string, byte[])>());
        foreach (var factor in factors)
        {
            if (secrets.Open(factor.State, factor.Id, proof.PersonId) is { } secret) opened.Add((factor.Id, secret));
            else await ReportAsync(factor, proof, ct);
        }

        return opened;
    }

    private Task ReportAsync(StoredFactor factor, FirstProof proof, CancellationToken ct) => unreadable.ReportAsync(
        $"The secret of the authenticator {factor.Id}", $"Reset the second factors: people reset-factors {proof.Username}",
        proof.PersonId, ct);

    private static string View(string name) => $"/Factors/Totp/{name}.cshtml";
}
