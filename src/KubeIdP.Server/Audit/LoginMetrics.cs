using System.Diagnostics.Metrics;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Audit;

/// <summary>How logins end, by step. The instrument <c>kubeidp.logins</c> of the meter <c>KubeIdP.Logins</c>; who it was is in the audit alone.</summary>
internal sealed class LoginMetrics(IMeterFactory meters)
{
    private readonly SeriesCounter logins = new(
        meters.Create("KubeIdP.Logins"), "kubeidp.logins", "{login}", "Tries to sign in, by what came of them.",
        ["outcome"], [["succeeded"], ["password_refused"], ["barred"], ["factor_refused"], ["unavailable"]]);

    /// <summary>A session was opened.</summary>
    public void Succeeded() => logins.Add("succeeded");

    /// <summary>Name or password wrong, or guessed too often.</summary>
    public void PasswordRefused() => logins.Add("password_refused");

    /// <summary>The password was right, and the account is barred.</summary>
    public void Barred() => logins.Add("barred");

    /// <summary>A code was wrong or used.</summary>
    public void FactorRefused() => logins.Add("factor_refused");

    /// <summary>The directory did not answer.</summary>
    public void Unavailable() => logins.Add("unavailable");
}
