using KubeIdP.Core.Factors;
using KubeIdP.Core.Naming;
using KubeIdP.Data.Factors;
using KubeIdP.Data.People;
using KubeIdP.Server.Authorize;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Factors;

/// <summary>The second factor when the authenticator is lost: one of the codes that the person made beforehand.</summary>
internal sealed class RecoveryModel(LoginCookies cookies, FactorStore store, FactorCheck check, ILogger<RecoveryModel> logger)
    : FactorStepModel(cookies, store, logger)
{
    [BindProperty]
    [Text(TextKind.Opaque)]
    public string? RecoveryCode { get; set; }

    public bool Refused { get; private set; }

    public IActionResult OnGet() => Elsewhere ?? Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (Elsewhere is { } elsewhere) return elsewhere;

        switch (await check.UseRecoveryCodeAsync(Attempt, RecoveryCode ?? "", ct))
        {
            case FactorResult.Right:
                return GoOn(State with { ProvenFactor = FactorKind.RecoveryCode.Name });

            case FactorResult.Wrong:
                Refused = true;
                return Page();

            default:
                return await EndAsync(ct);
        }
    }
}
