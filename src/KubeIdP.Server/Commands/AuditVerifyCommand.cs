using System.CommandLine;
using System.Globalization;
using KubeIdP.Cli.Terminal;
using KubeIdP.Cli;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Audit;

namespace KubeIdP.Server.Commands;

/// <summary>Verifies that the audit log is as it was written. Exit status 1: it is not, or there was nothing to verify it with.</summary>
internal static class AuditVerifyCommand
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(2);

    public static Command Create(CommandContext context)
    {
        var export = new Option<FileInfo[]>("--export")
        {
            Description =
                "Files with exported lines (from audit.jsonLines or audit export; lines that Docker, a container runtime or a log "
                + "collector has wrapped are read too). The files are verified, and the database is compared with them: only this "
                + "detects that the last audit events were cut off. Name the files of the same period from all replicas. "
                + "- reads standard input.",
            HelpName = "file",
            AllowMultipleArgumentsPerToken = true,
        };
        export.Validators.Add(given =>
        {
            foreach (var refusal in given.Tokens.Select(token => Refusal(token.Value)).OfType<string>()) given.AddError(refusal);
        });
        var output = OutputFormat.Option();
        var verify = new Command("verify",
            "Find audit events that were changed, inserted or removed by anything but this issuer.") { export, output };
        verify.SetAction((parsed, ct) => context.RunAsync(parsed, async services =>
        {
            var files = new AuditExportFile([.. (parsed.GetValue(export) ?? [])
                .Select(file => NamedFiles.IsStandard(file) ? AuditExportFile.StandardInput : file.FullName)]);
            var hasExport = parsed.GetValue(export) is { Length: > 0 };
            var verdict = await services.GetRequiredService<AuditVerifier>()
                .VerifyAsync(hasExport ? files.ReadAsync(ct) : null, Progress(), ct);

            // A file without a checkpoint proves nothing. Who names a file expects it to prove something, so that is not a success.
            var proves = verdict.Events > 0 && files.Read.All(file => file.Checkpoints > 0);
            var answer = new Answer(verdict.IsWhole && proves && files.Unreadable.Count == 0, verdict, files.Read, files.Loose,
                files.Unreadable);
            await ObjectOutput.WriteAsync(parsed.GetValue(output), answer, files.Read.Select(file => file.Path), Text(answer));
            return answer.IsWhole ? 0 : ExitCode.NotDone;
        }, ct));
        return verify.With("audit verify", "audit verify --export audit.jsonl", "audit verify --export - < audit.jsonl");
    }

    private static string? Refusal(string file) => file switch
    {
        NamedFiles.Standard => null,
        "" => "The name of a file is empty.",
        _ => NamedFiles.ReadRefusal(file, "Let your shell read it: cat FILE… | COMMAND --export -")
            ?? (File.Exists(file) ? null : $"File does not exist: '{file}'."),
    };

    /// <summary>Shows on a terminal how many audit events were verified; null elsewhere.</summary>
    private static Action<long>? Progress()
    {
        if (Console.IsErrorRedirected) return null;

        var last = TimeProvider.System.GetTimestamp();
        return events =>
        {
            if (TimeProvider.System.GetElapsedTime(last) < ProgressEvery) return;

            last = TimeProvider.System.GetTimestamp();
            Console.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{events:N0} audit events "));
        };
    }

    private static string Text(Answer answer)
    {
        var verdict = answer.Verdict;
        var lines = new List<string>();
        lines.AddRange(verdict.Findings.Select(finding => $"{finding.Damage.ToString().ToUpperInvariant(),-9} {finding.Text}"));
        if (verdict.MoreFindings > 0) lines.Add($"And {verdict.MoreFindings} more.");
        lines.AddRange(answer.Unreadable.Select(line => $"{"CHANGED",-9} {line} can't be read."));
        if (verdict.Events == 0)
            lines.Add($"{"NOTHING",-9} The database has no audit event, although a server writes one at its first start.");
        lines.AddRange(answer.Export.Where(file => file.Checkpoints == 0)
            .Select(file =>
                $"{"NOTHING",-9} {file.Path} has no checkpoint, so it proves nothing. "
                + "Name files of audit.jsonLines, or of audit export without a filter; leave out empty files."));
        lines.Add(
            string.Create(CultureInfo.InvariantCulture,
                $"Database: {verdict.Events:N0} audit events, {verdict.Checkpoints:N0} checkpoints, the last "
                + $"is {verdict.LastCheckpoint}."));
        lines.AddRange(answer.Export.Select(Read));
        lines.Add(answer.IsWhole
            ? "The audit log is intact."
            : verdict.IsWhole && answer.Unreadable.Count == 0 ? "This proves nothing." : "The audit log was tampered with or damaged.");
        if (verdict.PrunedThrough > 0)
            lines.Add($"Retention has deleted the audit events up to and including checkpoint {verdict.PrunedThrough}.");
        if (verdict.Erased > 0) lines.Add($"In {verdict.Erased} audit events the personal data was erased.");
        if (verdict.Uncovered > 0)
            lines.Add($"{verdict.Uncovered} audit events have no checkpoint yet: a running server writes it within a second.");
        if (answer.Loose > 0)
            lines.Add(
                $"{answer.Loose} exported audit events belong to no checkpoint and prove nothing: export all audit events, without a "
                + $"filter.");
        if (answer.Export.Count == 0)
            lines.Add("Whether audit events were cut off at the end can only be verified with an export: audit verify --export FILE.");
        else if (answer.Export.Max(file => file.LastCheckpoint) is { } last && last < verdict.LastCheckpoint)
        {
            lines.Add(
                $"The export ends with checkpoint {last}: whether later audit events were cut off can only be verified with a later "
                + $"export.");
            if (last < verdict.PrunedThrough)
                lines.Add("Retention has deleted all of its audit events from the database: the export was verified on its own only.");
        }
        return string.Join('\n', lines);
    }

    private static string Read(ExportedFile file) => string.Create(
        CultureInfo.InvariantCulture,
        $"{file.Path}: {file.Lines:N0} lines with {file.Events:N0} audit events, {file.Checkpoints:N0} "
        + $"checkpoints{(file.FirstCheckpoint is { } first ? $", from {first} to {file.LastCheckpoint}" : "")}.");

    /// <param name="Export">What each of the named files holds.</param>
    /// <param name="Loose">Exported audit events without a checkpoint.</param>
    private sealed record Answer(bool IsWhole, AuditVerdict Verdict, IReadOnlyList<ExportedFile> Export, long Loose,
        IReadOnlyList<string> Unreadable);
}
