using System.CommandLine;
using KubeIdP.Server.Hosting;
using KubeIdP.Server.Hosting.Configuration;

namespace KubeIdP.Server.Commands;

/// <summary>Would it start? Exit status: 0 yes, 1 something around the configuration is wrong, 2 the configuration is.</summary>
internal static class CheckCommand
{
    public static Command Create(CommandContext context)
    {
        var output = OutputFormat.Option();
        var check = new Command("check", "Look for everything that would keep the server from starting, and change nothing.") { output };
        check.SetAction(async (parsed, ct) =>
        {
            switch (context.Read(parsed))
            {
                case SettingsAnswer.Usable usable:
                    Finding[] findings = [Finding.Right("configuration", "fine"), .. await new Inspection(usable.Settings, TimeProvider.System).RunAsync(ct)];
                    await WriteAsync(parsed.GetValue(output), findings);
                    return findings.All(finding => finding.Ok) ? 0 : CommandLine.NotDone;
                case SettingsAnswer.Unusable unusable:
                    await WriteAsync(parsed.GetValue(output), [.. unusable.Faults.Select(fault => Finding.Wrong("configuration", $"{fault.Place}: {fault.What}", fault.Mend))]);
                    return CommandLine.Misused;
                default:
                    throw new InvalidOperationException("An answer of an unknown kind.");
            }
        });
        return check;
    }

    private static Task WriteAsync(string? format, IReadOnlyCollection<Finding> findings) =>
        OutputFormat.WriteAsync(format, findings, string.Join('\n', findings.Select(Line)));

    private static string Line(Finding finding) =>
        $"{(finding.Ok ? "ok   " : "wrong")}  {finding.Subject}: {finding.What}{(finding.Mend is null ? "" : $"\n       → {finding.Mend}")}";
}
