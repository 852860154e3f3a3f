using KubeIdP.Data.Audit;
using KubeIdP.Data.Factors;
using KubeIdP.Server.Factors.RecoveryCodes;
using KubeIdP.Server.Sessions;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.SelfService;

/// <summary>Creates a set of recovery codes and shows it only in this response; the database has only hashes.</summary>
internal sealed class MakeRecoveryCodesModel(SessionCookie cookie, OwnFactorStore factors, ILogger<MakeRecoveryCodesModel> logger)
    : FactorChangeModel(cookie)
{
    /// <summary>The number of unused codes of the current set, which would be replaced; null when there is none.</summary>
    public int? Left { get; private set; }

    /// <summary>The new set; empty before it is created.</summary>
    public IReadOnlyList<string> Codes { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct) => Left = (await factors.ReadAsync(Session.PersonId, ct)).RecoveryCodesLeft;

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var codes = RecoveryCodeSet.Create();
        if (!await factors.ReplaceRecoveryCodesAsync(Owner, [.. codes.Select(RecoveryCodeSet.Hash)],
            Audit(AuditEventType.RecoveryCodesMade, $"{codes.Count}"), ct))
            return NotFoundPage;

        logger.RecoveryCodesMade(Session.PersonId);
        Codes = codes;
        return Page();
    }
}
