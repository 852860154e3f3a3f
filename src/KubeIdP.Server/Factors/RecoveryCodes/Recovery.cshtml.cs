using KubeIdP.Core.Naming;
using KubeIdP.Data.Factors;
using KubeIdP.Server.Authorize;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Factors.RecoveryCodes;

/// <summary>The page for a lost factor: takes one of the recovery codes that the person created earlier.</summary>
internal sealed class RecoveryModel(
    RecoveryCodeFactor codes, FactorKinds kinds, LoginCookies cookies, FactorStore store, FactorCheck check, TimeProvider clock,
    ILogger<RecoveryModel> logger)
    : FactorProofModel(codes, kinds, cookies, store, check, clock, logger)
{
    [BindProperty]
    [Text(TextKind.Opaque)]
    public string? RecoveryCode { get; set; }

    protected override string? Answer => RecoveryCode;
}
