using KubeIdP.Core.Naming;
using KubeIdP.Data.Factors;
using KubeIdP.Server.Authorize;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Factors.Totp;

internal sealed class FactorModel(
    TotpFactor totp, FactorKinds kinds, LoginCookies cookies, FactorStore store, FactorCheck check, TimeProvider clock,
    ILogger<FactorModel> logger)
    : FactorProofModel(totp, kinds, cookies, store, check, clock, logger)
{
    [BindProperty]
    [Text(TextKind.Opaque)]
    public string? Code { get; set; }

    protected override string? Answer => Code;
}
