using System.CommandLine;
using KubeIdP.Cli.Administration;
using KubeIdP.Cli.Terminal;
using KubeIdP.Cli;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Storage;
using KubeIdP.Server.Tokens;
using Microsoft.EntityFrameworkCore;

namespace KubeIdP.Server.Commands;

/// <summary>
/// Finds the session and the person of a token in an API server's audit log: its <c>credential-id</c> is the <c>jti</c> of the token, which
/// names the grant.
/// </summary>
internal static class AuditWhoisCommand
{
    // As Kubernetes writes it.
    private const string Prefix = "JTI=";

    public static Command Create(CommandContext context)
    {
        var id = new Argument<string>("JTI")
        {
            Description =
                "The token's id: authentication.kubernetes.io/credential-id in the API server's audit log, with or without JTI= before it.",
        };
        id.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<string>() is not { } text || GrantOf(text) is null)
                given.AddError("This is not the id of a token of this server, which has three parts separated by dots.");
        });
        var output = OutputFormat.Option();
        var whois = new Command("whois", "Print whose token an API server's audit log names.") { id, output };
        whois.SetAction((parsed, ct) => context.RunAsync(parsed, async services =>
        {
            var grantId = GrantOf(parsed.GetValue(id)!)!;
            if (await FindAsync(services, grantId, ct) is not { } bearer)
            {
                await Console.Error.WriteLineAsync(
                    $"There is no grant {grantId}: it was deleted after its retention, or belongs to another issuer.");
                return ExitCode.NotDone;
            }

            await ObjectOutput.WriteAsync(parsed.GetValue(output), bearer, [bearer.Person], Text(bearer));
            return 0;
        }, ct));
        return whois.With("audit whois JTI=7d1c52c0e1b94f6aa2c8.4.f09b");
    }

    private static string? GrantOf(string text) =>
        TokenClaims.GrantOf(text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..] : text);

    private static async Task<Bearer?> FindAsync(IServiceProvider services, string grantId, CancellationToken ct)
    {
        await using var db = StorageSetup.ContextOf(services.GetRequiredService<Database>());
        var sessions = services.GetRequiredService<SessionSearch>();
        if (await db.Grants.AsNoTracking().SingleOrDefaultAsync(grant => grant.Id == grantId, ct) is { } grant
            && await sessions.ReadAsync(new SessionId(grant.SessionId), ct) is { } session)
        {
            return new Bearer(
                session.Username, session.PersonId, session.Id, grantId, grant.ClientId, session.Address, session.AuthTime, session.Amr,
                grant.EndedAt ?? session.EndedAt, grant.EndedWhy ?? session.EndedWhy);
        }

        // The retention of sessions is much shorter than that of audit events.
        if (await services.GetRequiredService<AuditSearch>()
            .FindGrantAsync(new GrantId(grantId), ct) is not { PersonId: { } personId } granted)
            return null;

        var name = await db.People.Where(person => person.Id == personId).Select(person => person.UserName).SingleOrDefaultAsync(ct);
        return new Bearer(name ?? personId, personId, granted.SessionId!, grantId, granted.ClientId, granted.Address, SignedInAt: null,
            Methods: null, EndedAt: null, EndedWhy: null);
    }

    private static string Text(Bearer bearer) => TextLines.Of(
        ("Person", PersonRow.Shown(bearer.Person)),
        ("Subject", bearer.Subject),
        ("Session", bearer.Session),
        ("Grant", bearer.Grant),
        ("Client", bearer.Client),
        ("Address", bearer.Address),
        ("Signed in", TextLines.Timestamp(bearer.SignedInAt)),
        ("Methods", bearer.Methods),
        ("Ended", TextLines.Timestamp(bearer.EndedAt)),
        ("Ended why", bearer.EndedWhy));

    private sealed record Bearer(
        string Person, string Subject, string Session, string Grant, string? Client, string? Address, DateTimeOffset? SignedInAt,
        string? Methods,
        DateTimeOffset? EndedAt, string? EndedWhy);
}
