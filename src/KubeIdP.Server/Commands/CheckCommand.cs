using System.CommandLine;
using KubeIdP.Cli.Terminal;
using KubeIdP.Cli;
using KubeIdP.Core.Naming;
using KubeIdP.Data.Factors;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Audit;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Diagnostics;
using KubeIdP.Server.Factors;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Mail;
using KubeIdP.Server.Runtime;
using KubeIdP.Server.Storage;
using KubeIdP.Server.Upstreams;
using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace KubeIdP.Server.Commands;

/// <summary>
/// Checks whether the server would start. Exit status: 0 yes, 1 something outside the configuration is wrong, 2 the configuration is wrong.
/// </summary>
internal static class CheckCommand
{
    private const int NamesShown = 10;

    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(2);

    public static Command Create(CommandContext context)
    {
        var output = OutputFormat.Option();
        var connect =
            new Option<bool>(
                "--connect") { Description =
                    "Also connect to the upstreams and the mail server, sign in to them with the configured accounts, look up a person, "
                    + "and name each setting that is wrong." };
        var user = new Option<string?>(
            "--user") { Description =
                "With --connect: the person to look up, by the name that they would type. Default: anybody whom the filter finds." };
        var clusters =
            new Option<bool>(
                "--clusters") { Description =
                    "Also ask the API server of each cluster for its version, check its certificate against caFile, and compare its "
                    + "version "
                    + "with what is configured." };
        var wait =
            new Option<bool>(
                "--wait") { Description =
                    "Wait while the only fault is that PostgreSQL does not answer or has not been migrated yet." };
        var check = new Command("check", "Check everything that would prevent the server from starting. Changes nothing.") { connect, user,
            clusters, wait, output };
        check.Validators.Add(result =>
        {
            if (result.GetValue(user) is not null && !result.GetValue(connect)) result.AddError("--user needs --connect.");
        });
        check.SetAction(async (parsed, ct) =>
        {
            switch (context.Read(parsed))
            {
                case SettingsAnswer.Usable usable:
                    List<Finding> findings = [Finding.Right("configuration", $"valid ({context.SourceOf(parsed)})"),
                        .. await CheckServerAsync(usable, context.FileOf(parsed), parsed.GetValue(wait), ct)];
                    if (findings.TrueForAll(finding => finding.Ok)) findings.AddRange(await CheckFactorsAsync(usable.Settings, ct));
                    var catalog = new ClientCatalog(usable.Settings.Clusters, usable.Settings.Clients, usable.Settings.Cli);
                    findings.Add(AccessDiagnostics.Check(catalog));
                    if (parsed.GetValue(clusters))
                        findings.AddRange(await new ClusterDiagnostics(ClusterDiagnostics.DefaultTimeout, TimeProvider.System)
                            .RunAsync(catalog, ct));
                    if (parsed.GetValue(connect))
                        findings.AddRange(await ConnectAsync(usable.Settings, parsed.GetValue(user), ct));
                    await WriteAsync(parsed.GetValue(output), findings);
                    return findings.All(finding => finding.Ok) ? 0 : ExitCode.NotDone;
                case SettingsAnswer.Unusable unusable:
                    await WriteAsync(parsed.GetValue(output),
                        [.. unusable.Faults.Select(fault => Finding.Wrong("configuration", $"{fault.Place}: {fault.What}", fault.Fix))]);
                    return ExitCode.Misused;
                default:
                    throw new InvalidOperationException("An answer of an unknown kind.");
            }
        });
        return check.With("check", "check --wait", "check --connect --user alice --clusters");
    }

    /// <param name="file">The configuration file; null without one.</param>
    /// <param name="wait">Whether to check again as long as everything that is wrong may pass.</param>
    private static async Task<IReadOnlyList<Finding>> CheckServerAsync(
        SettingsAnswer.Usable answer, string? file, bool wait, CancellationToken ct)
    {
        var holdsPassword = file is not null
            && EffectiveSettings.List(answer.Settings, answer.SourceOf)
                .Any(setting => IsPassword(setting) && setting.Source.StartsWith($"{file}:", StringComparison.Ordinal));
        var diagnostics = DiagnosticsOf(answer.Settings, holdsPassword ? Path.GetFullPath(file!) : null, TimeProvider.System);
        for (string? said = null; ; await Task.Delay(RetryInterval, TimeProvider.System, ct))
        {
            var findings = await diagnostics.RunAsync(ct);
            var wrong = findings.Where(finding => !finding.Ok).ToList();
            if (!wait || wrong.Count == 0 || !wrong.TrueForAll(finding => finding.MayPass)) return findings;

            var waitsFor = OutsideText.Show(string.Join('\n', wrong.Select(Line)), TextKind.Lines);
            if (waitsFor != said) await Console.Error.WriteLineAsync($"Waiting. {waitsFor}".AsMemory(), ct);
            said = waitsFor;
        }
    }

    /// <param name="secretConfiguration">The configuration file, when it contains a password; otherwise null.</param>
    internal static ServerDiagnostics DiagnosticsOf(Settings settings, string? secretConfiguration, TimeProvider clock)
    {
        string?[] secrets =
        [
            settings.Tls.KeyFile, settings.Database.PasswordFile, settings.Smtp.PasswordFile,
            .. settings.Upstreams.Values.Select(UpstreamKinds.SecretFileOf),
            settings.Audit.JsonLines is { } lines and not AuditOptions.StandardOutput ? lines : null, secretConfiguration,
        ];
        return new(
            new IssuerUrl(settings.Issuer), new ListenUrls(settings.Listen), settings.Management, new DataDirectory(settings.DataDirectory),
            settings.Database, MasterKeyFile.Of(settings.MasterKeyFile, settings.Database, settings.DataDirectory), settings.Tls, clock)
        {
            SecretFiles = [.. secrets.OfType<string>()],
        };
    }

    private static async Task<IEnumerable<Finding>> ConnectAsync(Settings settings, string? username, CancellationToken ct) =>
    [
        .. await UpstreamDiagnostics.RunAsync(settings.Upstreams, username, TimeProvider.System, ct),
        .. await MailDiagnostics.RunAsync(settings.Smtp, new IssuerUrl(settings.Issuer), TimeProvider.System, ct),
    ];

    // The hash of a random secret reveals nothing, so a configuration with no other secret may be readable by everybody.
    private static bool IsPassword(SettingInForce setting) =>
        setting.Value?.Contains(EffectiveSettings.Masked, StringComparison.Ordinal) is true
            && !setting.Key.EndsWith(".secretHash", StringComparison.Ordinal);

    /// <summary>
    /// Checks that the protected secrets of second factors can be opened. A start does not check this: one that can't be opened only
    /// affects one person.
    /// </summary>
    private static async Task<IReadOnlyList<Finding>> CheckFactorsAsync(Settings settings, CancellationToken ct)
    {
        if (settings.Database.Postgres is null && !File.Exists(StorageSetup.SqliteFile(settings.DataDirectory))) return [];

        // This must not write anything, and above all must not create a data protection key.
        var services = new ServiceCollection().AddLogging().AddCommon(settings).AddFactorSecrets();
        services.Configure<KeyManagementOptions>(ring => ring.AutoGenerateKeys = false);
        await using var provider = services.BuildServiceProvider();
        if ((await SchemaState.ReadAsync(provider.GetRequiredService<Database>(), ct)).Pending > 0) return [];

        var (secrets, unreadable) = (provider.GetRequiredService<FactorSecrets>(), new SortedSet<string>(StringComparer.Ordinal));
        await foreach (var (username, personId, factor) in provider.GetRequiredService<FactorStore>().ListAsync(ct))
        {
            if (!secrets.Opens(factor, personId)) unreadable.Add(username);
        }

        return unreadable.Count == 0 ? [] : [Finding.Doubtful(
            "factors",
            $"The secret of a second factor can't be opened, for {unreadable.Count} "
            + $"people: {string.Join(", ", unreadable.Take(NamesShown))}{(unreadable.Count > NamesShown ? ", …" : "")}.",
            "Its row is damaged or was copied. Reset their second factors: people reset-factors NAME")];
    }

    private static Task WriteAsync(string? format, IReadOnlyCollection<Finding> findings) =>
        ObjectOutput.WriteAsync(format, findings, findings.Where(finding => !finding.Ok).Select(finding => finding.Subject),
            OutsideText.Show(string.Join('\n', findings.Select(Line)), TextKind.Lines));

    private static string Line(Finding finding) =>
        $"{(!finding.Ok ? "wrong" : finding.Fix is null ? "ok   " : "warn ")}  {finding.Subject}: {finding.What}"
        + $"{(finding.Fix is null ? "" : $"\n       → {finding.Fix}")}";
}
