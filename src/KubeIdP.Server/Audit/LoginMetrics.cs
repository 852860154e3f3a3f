using System.Diagnostics.Metrics;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Audit;

/// <summary>
/// Counts logins by outcome. The instrument <c>kubeidp.logins</c> of the meter <c>KubeIdP.Logins</c>; only the audit log records who it
/// was.
/// </summary>
internal sealed class LoginMetrics(IMeterFactory meters)
{
    private readonly SeriesCounter logins = new(
        meters.Create("KubeIdP.Logins"), "kubeidp.logins", "{login}", "Login attempts, by outcome.",
        ["outcome"], [["succeeded"], ["password_refused"], ["upstream_refused"], ["barred"], ["factor_refused"], ["unavailable"]]);

    /// <summary>A session was opened.</summary>
    public void Succeeded() => logins.Add("succeeded");

    /// <summary>The name or password was wrong, or there were too many attempts.</summary>
    public void PasswordRefused() => logins.Add("password_refused");

    /// <summary>The upstream on whose page the person signed in refused them, or its account is disabled here.</summary>
    public void UpstreamRefused() => logins.Add("upstream_refused");

    /// <summary>The first proof was right, but the account is not allowed to sign in.</summary>
    public void Barred() => logins.Add("barred");

    /// <summary>A code was wrong or had been used before.</summary>
    public void FactorRefused() => logins.Add("factor_refused");

    /// <summary>The upstream did not answer.</summary>
    public void Unavailable() => logins.Add("unavailable");
}
