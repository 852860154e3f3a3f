using System.CommandLine;
using KubeIdP.Server.Directories;
using KubeIdP.Server.Hosting;
using KubeIdP.Server.Hosting.Configuration;
using KubeIdP.Server.Mail;

namespace KubeIdP.Server.Commands;

/// <summary>Would it start? Exit status: 0 yes, 1 something around the configuration is wrong, 2 the configuration is.</summary>
internal static class CheckCommand
{
    public static Command Create(CommandContext context)
    {
        var output = OutputFormat.Option();
        var connect = new Option<bool>("--connect") { Description = "Also connect to the directories and the mail server, sign in to them with our accounts and read somebody, and name the setting that is wrong." };
        var user = new Option<string?>("--user") { Description = "With --connect: whom to read, by the name that they would type. Without it anybody whom the filter finds." };
        var check = new Command("check", "Look for everything that would keep the server from starting, and change nothing.") { connect, user, output };
        check.Validators.Add(result =>
        {
            if (result.GetValue(user) is not null && !result.GetValue(connect)) result.AddError("--user goes with --connect.");
        });
        check.SetAction(async (parsed, ct) =>
        {
            switch (context.Read(parsed))
            {
                case SettingsAnswer.Usable usable:
                    List<Finding> findings = [Finding.Right("configuration", "fine"), .. await new Inspection(usable.Settings, TimeProvider.System).RunAsync(ct)];
                    if (parsed.GetValue(connect)) findings.AddRange(await ConnectAsync(usable.Settings, parsed.GetValue(user), ct));
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

    /// <summary>Never nothing: who asks for connections hears of each, or that there is none to make.</summary>
    private static async Task<IReadOnlyList<Finding>> ConnectAsync(Settings settings, string? user, CancellationToken ct)
    {
        Finding[] found = [.. await DirectoryInspection.RunAsync(settings, user, TimeProvider.System, ct), .. await MailInspection.RunAsync(settings, ct)];
        if (user is not null && settings.Directories.Count == 0)
            return [Finding.Wrong("directories", $"none is configured, so {user} could be looked for nowhere", "Leave out --user, or name the configuration that has the directory with --config."), .. found];
        return found is [] ? [Finding.Right("connections", "neither a directory nor a mail server is configured: there was nothing to connect to")] : found;
    }

    private static Task WriteAsync(string? format, IReadOnlyCollection<Finding> findings) =>
        OutputFormat.WriteAsync(format, findings, string.Join('\n', findings.Select(Line)));

    private static string Line(Finding finding) =>
        $"{(!finding.Ok ? "wrong" : finding.Mend is null ? "ok   " : "warn ")}  {finding.Subject}: {finding.What}{(finding.Mend is null ? "" : $"\n       → {finding.Mend}")}";
}
