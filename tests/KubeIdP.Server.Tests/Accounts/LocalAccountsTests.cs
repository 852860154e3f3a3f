using KubeIdP.Data.Audit;
using KubeIdP.Data.Schema;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Enrolment;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace KubeIdP.Server.Tests.Accounts;

public sealed class LocalAccountsTests : IAsyncLifetime
{
    private TemporaryIssuer issuer = null!;

    public async ValueTask InitializeAsync() => issuer = await TemporaryIssuer.StartAsync(TimeProvider.System);

    public ValueTask DisposeAsync() => issuer.DisposeAsync();

    [Fact]
    public async Task A_new_account_comes_with_its_enrolment_code_and_an_audit_row()
    {
        var added = await issuer.AddAsync("alice", "dev");

        var person = await issuer.InScopeAsync((KubeIdpDbContext db) => db.People.SingleAsync(TestContext.Current.CancellationToken));
        var audit = await issuer.InScopeAsync((KubeIdpDbContext db) => db.AuditEvents.SingleAsync(TestContext.Current.CancellationToken));
        Assert.Equal(added.PersonId, person.Id);
        Assert.Equal(person.Id, person.UpstreamId);
        Assert.Equal(EnrolmentCode.Hash(added.EnrolmentCode), person.EnrolmentCodeHash);
        Assert.Equal((AuditEventType.PersonAdded, person.Id), (audit.Type, audit.PersonId));
    }

    [Fact]
    public async Task A_name_is_taken_in_every_spelling()
    {
        await issuer.AddAsync("J\u00e9r\u00f4me");

        var faults = await FaultsOfAsync(new NewAccount("JE\u0301RO\u0302ME", null, [], TemporaryIssuer.Password));

        Assert.Equal([AccountFaultKind.UsernameTaken], faults);
    }

    [Fact]
    public async Task Of_parallel_additions_of_one_name_one_succeeds()
    {
        var account = new NewAccount("alice", null, [], TemporaryIssuer.Password);

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => AddAsync(account))));

        Assert.Single(answers.OfType<AddedAccount.Added>());
        Assert.All(answers.OfType<AddedAccount.Refused>(),
            refused => Assert.Equal(AccountFaultKind.UsernameTaken, Assert.Single(refused.Faults).Kind));
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_said_at_once()
    {
        var faults = await FaultsOfAsync(new NewAccount("system:admin", "nobody", ["dev", "system:masters"], "fourteen chars"));

        Assert.Equal(
            [AccountFaultKind.UsernameNotAllowed, AccountFaultKind.GroupNotAllowed, AccountFaultKind.EmailNotAllowed,
                AccountFaultKind.PasswordNotAllowed], faults);
    }

    [Fact]
    public async Task Length_is_all_that_a_password_needs()
    {
        Assert.IsType<AddedAccount.Added>(await AddAsync(new NewAccount("alice", null, [], "brown cows jump")));
    }

    private Task<AddedAccount> AddAsync(NewAccount account) =>
        issuer.InScopeAsync((LocalAccounts accounts) =>
            accounts.AddAsync(account, Actor.CommandLine, TestContext.Current.CancellationToken));

    private async Task<IEnumerable<AccountFaultKind>> FaultsOfAsync(NewAccount account) =>
        Assert.IsType<AddedAccount.Refused>(await AddAsync(account)).Faults.Select(fault => fault.Kind);
}
