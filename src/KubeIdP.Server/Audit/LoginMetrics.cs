using System.Diagnostics.Metrics;

namespace KubeIdP.Server.Audit;

/// <summary>How logins end, by step. The instrument <c>kubeidp.logins</c> of the meter <c>KubeIdP.Logins</c>; who it was is in the audit alone.</summary>
internal sealed class LoginMetrics
{
    private readonly Counter<long> logins;

    public LoginMetrics(IMeterFactory meters) =>
        logins = meters.Create("KubeIdP.Logins").CreateCounter<long>("kubeidp.logins", "{login}", "Tries to sign in, by what came of them.");

    /// <summary>A session was opened.</summary>
    public void Succeeded() => Count("succeeded");

    /// <summary>Name or password wrong, or guessed too often.</summary>
    public void PasswordRefused() => Count("password_refused");

    /// <summary>The password was right, and the account is barred.</summary>
    public void Barred() => Count("barred");

    /// <summary>A code was wrong or used.</summary>
    public void FactorRefused() => Count("factor_refused");

    /// <summary>The directory did not answer.</summary>
    public void Unavailable() => Count("unavailable");

    private void Count(string outcome) => logins.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}
