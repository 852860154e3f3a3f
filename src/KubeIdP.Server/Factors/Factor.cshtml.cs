using KubeIdP.Core.Factors;
using KubeIdP.Core.Naming;
using KubeIdP.Data.Factors;
using KubeIdP.Data.People;
using KubeIdP.Server.Authorize;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Factors;

internal sealed class FactorModel(LoginCookies cookies, FactorStore store, FactorCheck check, ILogger<FactorModel> logger)
    : FactorStepModel(cookies, store, logger)
{
    [BindProperty]
    [Text(TextKind.Opaque)]
    public string? Code { get; set; }

    public bool Refused { get; private set; }

    public IActionResult OnGet() => Elsewhere ?? Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (Elsewhere is { } elsewhere) return elsewhere;

        switch (await check.VerifyAsync(Attempt, Status.Factors, Code, ct))
        {
            case FactorResult.Right:
                return GoOn(State with { ProvenFactor = FactorKind.Totp.Name });

            case FactorResult.Wrong:
                Refused = true;
                return Page();

            case FactorResult.Unreadable:
                return new MessagePage(StatusCodes.Status403Forbidden, Texts.UnreadableTitle, Texts.UnreadableWhat, Texts.UnreadableNext);

            default:
                return await EndAsync(ct);
        }
    }
}
