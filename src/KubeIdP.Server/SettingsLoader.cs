using System.Data.Common;
using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Audit;
using KubeIdP.Server.BackChannelLogout;
using KubeIdP.Server.Branding;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.DeviceCode;
using KubeIdP.Server.Enrolment;
using KubeIdP.Server.Hosting;
using KubeIdP.Server.Issuer;
using KubeIdP.Server.Mail;
using KubeIdP.Server.PersonalData;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Storage;
using KubeIdP.Server.Tls;
using KubeIdP.Server.TokenReview;
using KubeIdP.Server.Tokens;
using KubeIdP.Server.Upstreams;

namespace KubeIdP.Server;

/// <summary>
/// Reads file and environment into <see cref="Settings"/>, or returns all faults. The one place that knows the sources and all rules; each
/// feature's rules are beside its options.
/// </summary>
internal static class SettingsLoader
{
    public const string DefaultFile = "kubeidp.yaml";

    private static readonly HashSet<string> PathKeywords = new(StringComparer.OrdinalIgnoreCase) { "RootCertificate", "SslCertificate",
        "SslKey", "Passfile" };

    /// <summary>
    /// Relative paths in the file, and the defaults beside them, start from the file's folder, wherever the command is run; those in the
    /// environment and among the arguments start from the working directory, in which they were typed. See decision 0023.
    /// </summary>
    /// <param name="configFile">
    /// The file of --config, which must exist; null: <see cref="DefaultFile"/> in the working directory, if it exists.
    /// </param>
    /// <param name="workingDirectory">The current folder.</param>
    /// <param name="publicUrl">The value of --public-url, which overrides file and environment; null: none.</param>
    /// <param name="environment">All variables of the process; those that do not begin with <c>KUBEIDP__</c> are ignored.</param>
    public static SettingsAnswer Load(string? configFile, string workingDirectory,
        IReadOnlyCollection<KeyValuePair<string, string>> environment, string? publicUrl = null)
    {
        var faults = new List<SettingsFault>();
        var root = new SettingNode(configFile ?? DefaultFile);
        var isWhole = ReadFile(configFile, workingDirectory, root, faults);
        EnvironmentSource.Read(environment, root, faults);
        if (publicUrl is not null) PublicUrlSource.Read(publicUrl, root);

        var folder = Path.GetDirectoryName(Path.GetFullPath(configFile ?? DefaultFile, workingDirectory)) ?? workingDirectory;
        var variables = environment.Select(variable => variable.Key).ToHashSet(StringComparer.Ordinal);
        var binder = new SettingsBinder(faults, FolderOf);
        var settings = binder.Bind<Settings>(root);
        settings = settings with
        {
            DataDirectory = Path.GetFullPath(settings.DataDirectory, folder),
            Database = settings.Database with { Postgres = WithPathsFrom(FolderOf(binder.SourceOf("database.postgres") ?? ""),
                settings.Database.Postgres) },
        };

        // After a syntax error the rest of the file is unknown, so no rule may report missing keys.
        if (isWhole) faults.AddRange(Check(settings).Select(fault => fault with { Place = binder.PlaceOf(fault.Place) }));

        return faults.Count == 0
            ? new SettingsAnswer.Usable(WithDefaults(settings), binder.SourceOf)
            : new SettingsAnswer.Unusable(new(faults));

        string FolderOf(string place) => variables.Contains(place) ? workingDirectory : folder;
    }

    private static bool ReadFile(string? configFile, string workingDirectory, SettingNode root, List<SettingsFault> faults)
    {
        var name = configFile ?? DefaultFile;
        var path = Path.GetFullPath(name, workingDirectory);
        if (configFile is null && !File.Exists(path)) return true;

        try
        {
            using var text = File.OpenText(path);
            return YamlSource.Read(name, text, root, faults);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            faults.Add(
                new(name, $"The configuration file can't be read: {fault.Message}",
                    "Check the path given with --config and the file's permissions."));
            return false;
        }
    }

    private static IEnumerable<SettingsFault> Check(Settings settings) =>
    [
        .. IssuerRules.Check(settings.Issuer),
        .. ListenRules.Check(settings.Listen),
        .. ProxyRules.Check(settings.Proxies),
        .. ManagementRules.Check(settings.Management,
            settings.Listen is [] && Uri.TryCreate(settings.Issuer, UriKind.Absolute, out _)
                ? [ListenRules.Default(settings.Issuer)]
                : settings.Listen),
        .. DatabaseRules.Check(settings.Database, settings.MasterKeyFile),
        .. TlsRules.Check(settings.Tls),
        .. TokenRules.Check(settings.Tokens, settings.Clusters, settings.Clients),
        .. SessionRules.Check(settings.Sessions),
        .. EnrolmentRules.Check(settings.Enrolment, TimeProvider.System.GetUtcNow()),
        .. UpstreamRules.Check(settings.Upstreams),
        .. SmtpRules.Check(settings.Smtp),
        .. AdminRules.Check(settings.Admin, ConnectorsOf(settings)),
        .. AuditRules.Check(settings.Audit),
        .. PersonalDataRules.Check(settings.PersonalData),
        .. BrandRules.Check(settings.Brand),
        .. ClusterRules.Check(settings.Clusters, ConnectorsOf(settings)),
        .. ClientRules.Check(settings.Clients, ConnectorsOf(settings)),
        .. CliClient.Check(settings.Cli, settings.Clusters.Keys, settings.Clients.Keys, ConnectorsOf(settings)),
        .. UpstreamGroupRules.CheckPrefixes(GroupLists(settings),
            settings.Upstreams.ToDictionary(
                upstream => new ConnectorId(upstream.Key), upstream => UpstreamKinds.GroupPrefixOf(upstream.Value))),
        .. RelyingPartyRules.CheckIds(settings.Clusters.Keys, settings.Clients.Keys),
        .. BackChannelLogoutRules.Check(settings.BackChannelLogout),
        .. DeviceCodeRules.Check(settings.DeviceCode, settings.Sessions),
        .. TokenReviewRules.Check(settings.Clusters),
    ];

    private static IEnumerable<(string Key, IReadOnlyList<string> Groups)> GroupLists(Settings settings) =>
    [
        ("admin.groups", settings.Admin.Groups), ("admin.auditorGroups", settings.Admin.AuditorGroups),
        .. settings.Clusters.Select(cluster => ($"clusters.{cluster.Key}.access.groups", cluster.Value.Access?.Groups ?? [])),
        .. settings.Clusters.Select(cluster => ($"clusters.{cluster.Key}.deviceCode.groups", cluster.Value.DeviceCode?.Groups ?? [])),
        ("cli.deviceCode.groups", settings.Cli.DeviceCode?.Groups ?? []),
        .. settings.Clients.Select(client => ($"clients.{client.Key}.access.groups", client.Value.Access?.Groups ?? [])),
    ];

    private static IReadOnlyCollection<ConnectorId> ConnectorsOf(Settings settings) =>
        [ConnectorId.Local, .. settings.Upstreams.Keys.Select(name => new ConnectorId(name))];

    private static Settings WithDefaults(Settings settings) => settings with
    {
        Listen = settings.Listen is [] ? [ListenRules.Default(settings.Issuer)] : settings.Listen,
        Clusters = ClusterRules.WithDefaults(settings.Clusters, settings.Clients),
        Clients = ClientRules.WithDefaults(settings.Clients),
    };

    /// <summary>A connection string can name files too. The rules report one that can't be parsed.</summary>
    private static string? WithPathsFrom(string folder, string? connectionString)
    {
        try
        {
            var connection = new DbConnectionStringBuilder { ConnectionString = connectionString };
            var paths = connection.Keys.Cast<string>()
                .Where(key => PathKeywords.Contains(key.Replace(" ", "", StringComparison.Ordinal))
                && connection[key] is string { Length: > 0 } path && !Path.IsPathRooted(path)).ToList();
            foreach (var key in paths) connection[key] = Path.GetFullPath((string)connection[key], folder);
            return paths is [] ? connectionString : connection.ConnectionString;
        }
        catch (ArgumentException)
        {
            return connectionString;
        }
    }
}
