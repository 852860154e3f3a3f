using KubeIdP.Core.Naming;
using KubeIdP.Data.Factors;
using KubeIdP.Server.Authorize;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Factors.RecoveryCodes;

/// <summary>The second factor when the authenticator is lost: one of the codes that the person made beforehand.</summary>
internal sealed class RecoveryModel(
    RecoveryCodeFactor codes, FactorKinds kinds, LoginCookies cookies, FactorStore store, FactorCheck check, ILogger<RecoveryModel> logger)
    : FactorProofModel(codes, kinds, cookies, store, check, logger)
{
    [BindProperty]
    [Text(TextKind.Opaque)]
    public string? RecoveryCode { get; set; }

    protected override string? Answer => RecoveryCode;
}
