using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Protocol;
using Microsoft.EntityFrameworkCore;

namespace KubeIdP.Server.Tests.Upstreams;

/// <summary>An issuer with a directory "corp" of whom the test says what it answers.</summary>
public abstract class DirectoryTests(RunningIssuer running, ScriptedConnector corp) : ProtocolTests(running)
{
    protected const string Password = "of the directory";

    protected ScriptedConnector Corp => corp;

    /// <summary>Somebody new in the directory, signed in at kubectl.</summary>
    protected async Task<DirectoryPerson> LogInFromCorpAsync(params string[] groups)
    {
        var username = $"person-{Guid.NewGuid():N}"[..20];
        var upstreamId = corp.Add(username, Password, groups is [] ? ["platform"] : groups);
        var account = await Issuer.InviteAsync(username, Password, Ct);
        return new DirectoryPerson(upstreamId, account, await Kubectl.LogInAsync(Issuer.CreateBrowser(), account, Ct));
    }

    protected async Task<List<AuditEvent>> AuditOfAsync(string type, TokenAnswer tokens)
    {
        var subject = Subject(tokens);
        await using var context = Database.CreateContext();
        return await context.AuditEvents.AsNoTracking().Where(entry => entry.Type == type && entry.PersonId == subject).ToListAsync(Ct);
    }

    protected async Task<Person> PersonAsync(TokenAnswer tokens)
    {
        var subject = Subject(tokens);
        await using var context = Database.CreateContext();
        return await context.People.AsNoTracking().SingleAsync(person => person.Id == subject, Ct);
    }

    protected void Later(int seconds) => Clock.Advance(TimeSpan.FromSeconds(seconds));
}

/// <summary>Somebody of the directory who has just signed in.</summary>
public sealed record DirectoryPerson(string UpstreamId, Account Account, TokenAnswer Tokens)
{
    public string RefreshToken => Tokens.RefreshToken!;
}

public class CorpOnSqlite : IssuerOnSqlite
{
    public ScriptedConnector Corp { get; } = new();

    protected override IReadOnlyList<Core.Upstreams.IConnector> Directories => [Corp];

    protected override Settings Change(Settings settings) =>
        settings with { Admin = new() { Groups = ["local:admins", "corp:kube-admins"], AuditorGroups = ["corp:kube-auditors"] } };
}

public class CorpOnPostgres : IssuerOnPostgres
{
    public ScriptedConnector Corp { get; } = new();

    protected override IReadOnlyList<Core.Upstreams.IConnector> Directories => [Corp];

    protected override Settings Change(Settings settings) =>
        settings with { Admin = new() { Groups = ["local:admins", "corp:kube-admins"], AuditorGroups = ["corp:kube-auditors"] } };
}
