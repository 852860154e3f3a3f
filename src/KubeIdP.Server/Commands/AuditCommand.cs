using System.CommandLine;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Network;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Api;
using KubeIdP.Server.Audit;
using KubeIdP.Server.Commands.Administration;

namespace KubeIdP.Server.Commands;

/// <summary>The audit log: for scripts, for archives, and for when the web is not available.</summary>
internal static class AuditCommand
{
    public static Command Create(CommandContext context) =>
        new("audit", "Read, export and verify the audit log: who did what to whom.") { List(context), Export(context),
            AuditVerifyCommand.Create(context), AuditWhoisCommand.Create(context) };

    public static string Table(IEnumerable<ApiAuditEvent> events) => TextTable.Of(
        ["AT", "WHAT", "WHO", "WHOM", "SESSION", "CLIENT", "ADDRESS", "DETAIL"],
        events.Select(auditEvent => (string[])
        [
            TextTable.Timestamp(auditEvent.At), auditEvent.Type, PersonRow.Shown(auditEvent.ActorName ?? auditEvent.Actor ?? ""),
            PersonRow.Shown(auditEvent.PersonName ?? auditEvent.PersonId ?? ""), auditEvent.SessionId ?? "", auditEvent.ClientId ?? "",
            auditEvent.Address ?? "",
            string.Join("; ", new[] { auditEvent.Detail, auditEvent.Reason }.Where(text => !string.IsNullOrEmpty(text))),
        ]));

    private static Command List(CommandContext context)
    {
        var filter = new FilterOptions();
        var limit = new ListLimit(100);
        var output = OutputFormat.Option();
        var list = filter.AddTo(new Command("list", "List audit events, the latest first.") { limit.Limit, limit.Cursor, output });
        list.Validators.Add(given =>
        {
            if (given.GetValue(limit.Cursor) is { } cursor && AuditCursor.Parse(cursor) is null)
                given.AddError("--cursor takes the cursor that an earlier list printed.");
        });
        list.SetAction((parsed, ct) => context.AdministerAsync(parsed, async administration =>
        {
            if (await filter.ReadAsync(parsed, administration, ct) is not { } which) return CommandLine.NotDone;

            await limit.ShowAsync(
                parsed, cursor => administration.AuditEventsAsync(which with { Cursor = AuditCursor.Parse(cursor) }, ct),
                auditEvent => new AuditCursor(auditEvent.At.ToUnixTimeMilliseconds(), auditEvent.Id).ToString(),
                events => OutputFormat.WriteAsync(parsed.GetValue(output), events,
                    events.Count == 0 ? "No audit event matches." : Table(events)));
            return 0;
        }, ct));
        context.Server.AddTo(list);
        return list;
    }

    private static Command Export(CommandContext context)
    {
        var filter = new FilterOptions();
        var export =
            filter.AddTo(
                new Command("export",
                    "Print audit events as lines of JSON, the oldest first, without a limit. Without a filter the checkpoints are "
                    + "included; audit verify --export needs them."));
        export.SetPrivateAction((parsed, to, ct) => context.RunAsync(parsed, async services =>
        {
            var administration = ActivatorUtilities.CreateInstance<DatabaseAdministration>(services);
            if (await filter.ReadAsync(parsed, administration, ct) is not { } which) return CommandLine.NotDone;

            if (which == new AuditFilter()) return await ExportAllAsync(services, to, ct);

            await foreach (var auditEvent in services.GetRequiredService<AuditSearch>().ReadAllAsync(which, ct))
                await to.WriteLineAsync(AuditLine.Of(auditEvent));
            return 0;
        }, ct));
        return export;
    }

    private static async Task<int> ExportAllAsync(IServiceProvider services, TextWriter to, CancellationToken ct)
    {
        // Events for which no running server has written a checkpoint yet would be missing.
        var writer = services.GetRequiredService<AuditCheckpointWriter>();
        while (await writer.WriteAsync(ct) > 0)
        {
        }

        await foreach (var batch in services.GetRequiredService<AuditVerifier>().ReadAsync(ct))
        foreach (var line in AuditLines.Of(batch))
            await to.WriteAsync(line);
        return 0;
    }

    private sealed class FilterOptions
    {
        private readonly Option<string?> type = new("--type") { Description = "Only audit events of this type, such as session.ended.",
            HelpName = "type" };
        private readonly Option<string?> person =
            new("--person") { Description = "Only what the person with this user name did, or what was done to that person." };
        private readonly Option<string?> session = new("--session") { Description = "Only within this session." };
        private readonly Option<string?> client = new("--client") { Description = "Only about this client." };
        private readonly Option<AddressRange?> address =
            AddressOption.Create("Only from this address, or from one of this network, such as 10.0.0.0/8.");
        private readonly Option<DateTimeOffset?> since = TimestampOption.Create("--since",
            "Only at this time or later, such as 2027-01-31T09:00Z.");
        private readonly Option<DateTimeOffset?> until = TimestampOption.Create("--until", "Only before this time.");

        // The types are about forty, too many for --help; the error lists them.
        public FilterOptions() => type.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<string?>() is { } kind && !AuditEventType.All.Contains(kind))
                given.AddError($"There is no audit event type {kind}. The types are: {string.Join(", ", AuditEventType.All)}.");
        });

        public Command AddTo(Command command)
        {
            foreach (var option in (Option[])[type, person, session, client, address, since, until])
                command.Add(option);
            return command;
        }

        /// <summary>Null when nobody has the user name; the error has then been printed.</summary>
        public async Task<AuditFilter?> ReadAsync(ParseResult parsed, IAdministration administration, CancellationToken ct)
        {
            PersonId? personId = null;
            if (parsed.GetValue(person) is { } name)
            {
                personId = Identifier.OrNull<PersonId>((await administration.PersonOfNameAsync(name, ct))?.Id);
                if (personId is null)
                {
                    await PersonCommands.NotFoundAsync(name);
                    return null;
                }
            }

            return new AuditFilter(
                parsed.GetValue(type), personId, Identifier.OrNull<SessionId>(parsed.GetValue(session)),
                Identifier.OrNull<ClientId>(parsed.GetValue(client)), parsed.GetValue(address), parsed.GetValue(since),
                parsed.GetValue(until));
        }
    }
}
