using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Protocol;
using OtpNet;
using Xunit;

namespace KubeIdP.Server.Tests.Factors;

public abstract class TotpConformance(RunningIssuer running) : FactorEnrolmentConformance(running, "totp")
{
    protected override Task<string> NextAnswerAsync(Account account) => account.NextCodeAsync(Ct);

    protected override string FirstAnswerTo(string pending) =>
        new Totp(Base32Encoding.ToBytes(pending)).ComputeTotp(Clock.GetUtcNow().UtcDateTime);

    [Fact]
    public async Task The_step_of_the_first_code_is_used_up() =>
        Assert.Equal(Clock.GetUtcNow().ToUnixTimeSeconds() / 30, (await ConfirmAsync()).LastCounter);
}

public sealed class TotpConformanceOnSqlite(IssuerOnSqlite running) : TotpConformance(running), IClassFixture<IssuerOnSqlite>;

public sealed class TotpConformanceOnPostgres(IssuerOnPostgres running) : TotpConformance(running), IClassFixture<IssuerOnPostgres>;
