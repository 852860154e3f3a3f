using System.CommandLine;
using System.Globalization;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Audit;

namespace KubeIdP.Server.Commands;

/// <summary>Whether the audit is as it was written. Exit status 1 says that it is not, or that there was nothing to say it by.</summary>
internal static class AuditVerifyCommand
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(2);

    public static Command Create(CommandContext context)
    {
        var export = new Option<FileInfo[]>("--export")
        {
            Description = "Files with exported lines (audit.jsonLines, or audit export), also as Docker, a container runtime or a collector has wrapped them, to be checked too, and the database against them: only they show that the last audit events were cut off. Name all files of one time, of all replicas.",
            HelpName = "file",
            AllowMultipleArgumentsPerToken = true,
        };
        export.AcceptExistingOnly();
        var output = OutputFormat.Option();
        var verify = new Command("verify", "Find what was changed, inserted or removed in the audit behind this issuer's back.") { export, output };
        verify.SetAction((parsed, ct) => context.RunAsync(parsed, async services =>
        {
            var files = new AuditExportFile([.. (parsed.GetValue(export) ?? []).Select(file => file.FullName)]);
            var hasExport = parsed.GetValue(export) is { Length: > 0 };
            var verdict = await services.GetRequiredService<AuditVerifier>().VerifyAsync(hasExport ? files.ReadAsync(ct) : null, Progress(), ct);

            // A file without a checkpoint proves nothing, and whoever names it means it to.
            var proves = verdict.Events > 0 && files.Read.All(file => file.Checkpoints > 0);
            var answer = new Answer(verdict.IsWhole && proves && files.Unreadable.Count == 0, verdict, files.Read, files.Loose, files.Unreadable);
            await OutputFormat.WriteAsync(parsed.GetValue(output), answer, Text(answer));
            return answer.IsWhole ? 0 : CommandLine.NotDone;
        }, ct));
        return verify;
    }

    /// <summary>A line that counts on a terminal; null elsewhere.</summary>
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
        if (verdict.Events == 0) lines.Add($"{"NOTHING",-9} The database has no audit event at all, and a server writes one at its first start.");
        lines.AddRange(answer.Export.Where(file => file.Checkpoints == 0).Select(file => $"{"NOTHING",-9} {file.Path} has no checkpoint in it, and proves nothing. Name files of audit.jsonLines, or of audit export without a filter; leave out what holds nothing."));
        lines.Add(string.Create(CultureInfo.InvariantCulture, $"The database: {verdict.Events:N0} audit events, {verdict.Checkpoints:N0} checkpoints, the last of them {verdict.LastCheckpoint}."));
        lines.AddRange(answer.Export.Select(Read));
        lines.Add(answer.IsWhole ? "All is as it was written." : verdict.IsWhole && answer.Unreadable.Count == 0 ? "This proves nothing." : "This is not as it was written.");
        if (verdict.PrunedThrough > 0) lines.Add($"Audit events were deleted because of their age through checkpoint {verdict.PrunedThrough}.");
        if (verdict.Erased > 0) lines.Add($"Of {verdict.Erased} audit events the personal part was erased with their people.");
        if (verdict.Uncovered > 0) lines.Add($"{verdict.Uncovered} audit events have no checkpoint yet: a running server checkpoints them within a second.");
        if (answer.Loose > 0) lines.Add($"{answer.Loose} exported audit events are under no checkpoint and prove nothing: export all audit events, without a filter.");
        if (answer.Export.Count == 0) lines.Add("That nothing was cut off at the end can only be said of an export: audit verify --export FILE.");
        else if (answer.Export.Max(file => file.LastCheckpoint) is { } last && last < verdict.LastCheckpoint)
        {
            lines.Add($"The export ends with checkpoint {last}: that nothing was cut off after it can only be said of a later one.");
            if (last < verdict.PrunedThrough) lines.Add("Of its audit events the database has none any more, because of their age: the export was checked in itself alone.");
        }
        return string.Join('\n', lines);
    }

    private static string Read(ExportedFile file) => string.Create(
        CultureInfo.InvariantCulture, $"{file.Path}: {file.Lines:N0} lines, in them {file.Events:N0} audit events, {file.Checkpoints:N0} checkpoints{(file.FirstCheckpoint is { } first ? $", from {first} to {file.LastCheckpoint}" : "")}.");

    /// <param name="Export">What each of the named files holds.</param>
    /// <param name="Loose">Exported audit events without a checkpoint.</param>
    private sealed record Answer(bool IsWhole, AuditVerdict Verdict, IReadOnlyList<ExportedFile> Export, long Loose, IReadOnlyList<string> Unreadable);
}
