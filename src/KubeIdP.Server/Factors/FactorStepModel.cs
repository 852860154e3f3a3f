using KubeIdP.Data.Factors;
using KubeIdP.Server.Authorize;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Factors;

/// <summary>A page about the second factor. It needs a first proof whose person and epoch have not changed since.</summary>
internal abstract class FactorStepModel(LoginCookies cookies, FactorStore store, TimeProvider clock, ILogger logger)
    : LoginStepModel(cookies)
{
    private FactorStatus? status;

    /// <summary>The page for a person who is blocked after too many wrong codes.</summary>
    public static MessagePage BarredPage => new(StatusCodes.Status403Forbidden, Texts.BarredTitle, Texts.BarredWhat, Texts.BarredNext);

    public FirstProof FirstProof => State.FirstProof ?? throw new InvalidOperationException("The page runs without a first proof.");

    protected FactorStatus Status => status ?? throw new InvalidOperationException("The page runs before the person was read.");

    protected FactorAttempt Attempt =>
        new(FirstProof, State.ClientId, HttpContext.Connection.RemoteIpAddress?.ToString(), HttpContext.TraceIdentifier);

    protected override async Task<IActionResult?> InsteadAsync(CancellationToken ct)
    {
        if (State.FirstProof is not { } proof) return GoOn();

        status = await store.ReadAsync(proof.PersonId, ct);
        if (status is null || status.Disabled || status.Epoch != proof.FactorEpoch || !proof.CountsAt(clock.GetUtcNow()))
            return StartOver();

        if (FactorThrottle.IsBarred(status.Failures)) return Barred();

        // The next person in the same login must not get the answer to this person's form, which may show recovery codes.
        HttpContext.SetFormSender($"{State.Key}.{proof.PersonId}");
        return null;
    }

    /// <summary>The login starts again with a first proof. The count of wrong codes of the person stays.</summary>
    protected IActionResult StartOver() => GoOn(State.StartedOver());

    /// <summary>
    /// After the last attempt of a login: starts again with the first proof, or shows the page that refers to an administrator when the
    /// person is blocked.
    /// </summary>
    protected async Task<IActionResult> EndAsync(CancellationToken ct)
    {
        status = await store.ReadAsync(FirstProof.PersonId, ct);
        return status is { Disabled: false } && FactorThrottle.IsBarred(status.Failures)
            ? Barred()
            : GoOn(State.StartedOver() with { FactorsFailed = true });
    }

    private MessagePage Barred()
    {
        logger.FactorBarred(FirstProof.PersonId);
        return BarredPage;
    }
}
