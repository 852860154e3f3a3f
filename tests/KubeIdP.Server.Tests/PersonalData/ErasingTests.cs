using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Server.PersonalData;
using KubeIdP.Server.Runtime;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Time;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace KubeIdP.Server.Tests.PersonalData;

public sealed class ErasingTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_person_who_has_been_gone_for_long_enough_is_erased_automatically()
    {
        await using var database = await TestDatabase.SqliteAsync(new FakeClock(), Ct);
        await using var issuer = await InMemoryIssuer.StartAsync(database, folder.Path, null, Ct);
        await issuer.AddAccountAsync("alice", Ct);
        await issuer.AddAccountAsync("bob", Ct);
        await using (var context = database.CreateContext())
            Assert.Equal(1, await context.People.Where(person => person.UserName == "alice").ExecuteUpdateAsync(
                person => person.SetProperty(row => row.RemovedAt, database.Clock.GetUtcNow())
                    .SetProperty(row => row.DisabledAt, database.Clock.GetUtcNow()), Ct));

        var services = new JobServices(database.Clock, database.Database, new StartupState(), NullLogger<BackgroundJob>.Instance);
        using var erasing = new ErasureJob(new PersonErasure(database.Database, database.AuditLog),
            new PersonalDataOptions { EraseAfter = TimeSpan.FromDays(100) }, services, NullLogger<ErasureJob>.Instance);
        using var keeping = new ErasureJob(new PersonErasure(database.Database, database.AuditLog), new PersonalDataOptions(), services,
            NullLogger<ErasureJob>.Instance);

        database.Clock.Advance(TimeSpan.FromDays(99));
        await erasing.EraseDueAsync(Ct);
        database.Clock.Advance(TimeSpan.FromDays(2));
        await keeping.EraseDueAsync(Ct);
        Assert.Equal(["alice", "bob"], await NamesAsync(database));

        await erasing.EraseDueAsync(Ct);
        Assert.Equal(["(erased)", "bob"], await NamesAsync(database));
        await using var after = database.CreateContext();
        Assert.Equal("issuer",
            (await after.AuditEvents.AsNoTracking().SingleAsync(auditEvent => auditEvent.Type == AuditEventType.PersonErased, Ct)).Actor);
    }

    [Fact]
    public void Nobody_is_erased_while_their_name_is_reserved()
    {
        Assert.Empty(PersonalDataRules.Check(new PersonalDataOptions()));
        Assert.Empty(PersonalDataRules.Check(new PersonalDataOptions { EraseAfter = TimeSpan.FromDays(90) }));
        var fault = Assert.Single(PersonalDataRules.Check(new PersonalDataOptions { EraseAfter = TimeSpan.FromDays(89) }));
        Assert.Equal("personalData.eraseAfter", fault.Place);
    }

    private static async Task<List<string>> NamesAsync(TestDatabase database)
    {
        await using var context = database.CreateContext();
        return await context.People.Select(person => person.UserName!).Order().ToListAsync(Ct);
    }
}
