using System.CommandLine;
using KubeIdP.Cli;
using KubeIdP.Cli.Administration;
using KubeIdP.Cli.Api;
using KubeIdP.Cli.Terminal;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Api;
using KubeIdP.Server.Audit;

namespace KubeIdP.Server.Commands;

/// <summary>The audit log: for scripts, for archives, and for when the web is not available.</summary>
internal static class AuditCommand
{
    public static Command Create(CommandContext context) =>
        new("audit", "Read, export and verify the audit log: who did what to whom.") { AuditListCommand.Create(context), Export(context),
            AuditVerifyCommand.Create(context), AuditWhoisCommand.Create(context) };

    private static Command Export(CommandContext context)
    {
        var filter = new AuditSelection();
        var export =
            filter.AddTo(
                new Command("export",
                    "Print audit events as lines of JSON, the oldest first, without a limit. Without a filter the checkpoints are "
                    + "included; audit verify --export needs them."));
        export.SetPrivateAction((parsed, to, ct) => context.RunAsync(parsed, async services =>
        {
            var administration = ActivatorUtilities.CreateInstance<DatabaseAdministration>(services);
            if (await filter.QueryAsync(parsed, administration, ct) is not { } query) return ExitCode.NotDone;
            if (query == new AuditQuery()) return await ExportAllAsync(services, to, ct);
            if (AuditFilters.FaultOf(query) is { } fault) throw new CommandFault(fault, ExitCode.Misused);

            await foreach (var auditEvent in services.GetRequiredService<AuditSearch>().ReadAllAsync(AuditFilters.Of(query), ct))
                await to.WriteLineAsync(AuditLine.Of(auditEvent));
            return 0;
        }, ct));
        return export.With("audit export --file audit.jsonl", "audit export --person alice --since 2027-01-31");
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
}
