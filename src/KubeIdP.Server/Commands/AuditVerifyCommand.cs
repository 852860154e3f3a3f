using System.CommandLine;
using System.Globalization;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Audit;

namespace KubeIdP.Server.Commands;

/// <summary>Whether the audit is as it was written. Exit status 1 says that it is not.</summary>
internal static class AuditVerifyCommand
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(2);

    public static Command Create(CommandContext context)
    {
        var export = new Option<FileInfo[]>("--export")
        {
            Description = "Files with exported lines (audit.jsonLines, or audit export), to be checked too, and the database against them: only they show that the last facts were cut off. Name all files of one time, of all replicas.",
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
            var answer = new Answer(verdict.IsWhole && files.Unreadable.Count == 0, verdict, files.Loose, files.Unreadable);
            await OutputFormat.WriteAsync(parsed.GetValue(output), answer, Text(answer, hasExport));
            return answer.IsWhole ? 0 : CommandLine.NotDone;
        }, ct));
        return verify;
    }

    /// <summary>A line that counts on a terminal; null elsewhere.</summary>
    private static Action<long>? Progress()
    {
        if (Console.IsErrorRedirected) return null;

        var last = TimeProvider.System.GetTimestamp();
        return facts =>
        {
            if (TimeProvider.System.GetElapsedTime(last) < ProgressEvery) return;

            last = TimeProvider.System.GetTimestamp();
            Console.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{facts:N0} facts "));
        };
    }

    private static string Text(Answer answer, bool hasExport)
    {
        var verdict = answer.Verdict;
        var lines = new List<string>();
        lines.AddRange(verdict.Findings.Select(finding => $"{finding.Damage.ToString().ToUpperInvariant(),-9} {finding.Text}"));
        if (verdict.MoreFindings > 0) lines.Add($"And {verdict.MoreFindings} more.");
        lines.AddRange(answer.Unreadable.Select(line => $"{"CHANGED",-9} {line} can't be read."));
        lines.Add(string.Create(CultureInfo.InvariantCulture, $"{verdict.Facts:N0} facts, {verdict.Seals:N0} seals, the last of them {verdict.LastSeal}. {(answer.IsWhole ? "All is as it was written." : "This is not as it was written.")}"));
        if (verdict.PrunedThrough > 0) lines.Add($"Facts were deleted because of their age through seal {verdict.PrunedThrough}.");
        if (verdict.Erased > 0) lines.Add($"Of {verdict.Erased} facts the personal part was erased with their people.");
        if (verdict.Unsealed > 0) lines.Add($"{verdict.Unsealed} facts have no seal yet: a running server seals them within a second.");
        if (answer.Loose > 0) lines.Add($"{answer.Loose} exported facts are under no seal and prove nothing: export all facts, without a filter.");
        if (!hasExport) lines.Add("That nothing was cut off at the end can only be said of an export: audit verify --export FILE.");
        return string.Join('\n', lines);
    }

    /// <param name="Loose">Exported facts without a seal.</param>
    private sealed record Answer(bool IsWhole, AuditVerdict Verdict, long Loose, IReadOnlyList<string> Unreadable);
}
