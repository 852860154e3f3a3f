using KubeIdP.Data.Audit;
using KubeIdP.Data.Factors;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.SelfService;

/// <summary>One factor of any kind: renames or removes it.</summary>
internal sealed class EditFactorModel(SessionCookie cookie, OwnFactorStore factors, ILogger<EditFactorModel> logger)
    : FactorChangeModel(cookie)
{
    private OwnFactors? own;

    [BindProperty(SupportsGet = true)]
    public string Id { get; set; } = "";

    [BindProperty]
    public string? Name { get; set; }

    public bool NameRefused { get; private set; }

    public OwnFactor Factor => own!.Factors.Single(factor => factor.Id == Id);

    public bool IsLast => own!.Factors.Count == 1;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await ShowAsync(ct);

    public async Task<IActionResult> OnPostRenameAsync(CancellationToken ct)
    {
        if (NameOf(Name) is not { } name)
        {
            NameRefused = true;
            return await ShowAsync(ct);
        }

        return await factors.RenameAsync(Owner, Id, name, Audit(AuditEventType.FactorRenamed, Id), ct)
            ? new SeeOther("~/account")
            : NotFoundPage;
    }

    public async Task<IActionResult> OnPostRemoveAsync(CancellationToken ct)
    {
        switch (await factors.RemoveAsync(Owner, Id, Audit(AuditEventType.FactorRemoved, Id), ct))
        {
            case FactorRemoval.Removed:
                logger.FactorRemoved(Session.PersonId, Id);
                return new SeeOther("~/account");

            case FactorRemoval.LastOne:
                return new MessagePage(StatusCodes.Status409Conflict, Texts.LastOneTitle, Texts.LastOneWhat, Texts.LastOneNext);

            default:
                return NotFoundPage;
        }
    }

    private async Task<IActionResult> ShowAsync(CancellationToken ct)
    {
        own = await factors.ReadAsync(Session.PersonId, ct);
        return own.Factors.Any(factor => factor.Id == Id) ? Page() : NotFoundPage;
    }
}
