using System.Runtime.CompilerServices;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Factors;

public abstract class RecoveryCodeConformance(RunningIssuer running) : FactorKindConformance(running, "recovery-code")
{
    private readonly ConditionalWeakTable<Account, StrongBox<int>> given = [];

    protected override Task<string> NextAnswerAsync(Account account) =>
        Task.FromResult(account.RecoveryCodes[given.GetOrCreateValue(account).Value++]);
}

public sealed class RecoveryCodeConformanceOnSqlite(
    IssuerOnSqlite running) : RecoveryCodeConformance(running), IClassFixture<IssuerOnSqlite>;

public sealed class RecoveryCodeConformanceOnPostgres(
    IssuerOnPostgres running) : RecoveryCodeConformance(running), IClassFixture<IssuerOnPostgres>;
