using KubeIdP.Connectors;
using KubeIdP.Connectors.Ldap;
using KubeIdP.Connectors.Ldap.Diagnostics;
using KubeIdP.Core.Upstreams;

namespace KubeIdP.Server.Upstreams;

/// <summary>
/// Everything that depends on the kind of an upstream. A new kind needs a line in each of these methods, and its options in <see
/// cref="Settings"/>.
/// </summary>
internal static class UpstreamKinds
{
    /// <summary>All faults of the options of one upstream. It contacts no server.</summary>
    public static IEnumerable<OptionFault> Check(UpstreamOptions options) => options switch
    {
        LdapOptions ldap => LdapRules.Check(ldap),
        _ => throw Unknown(options),
    };

    /// <summary>All faults that the options of one upstream have only because of others. It contacts no server.</summary>
    /// <param name="others">Of any kind, by name.</param>
    public static IEnumerable<OptionFault> CheckBeside(
        UpstreamOptions options, IEnumerable<KeyValuePair<string, UpstreamOptions>> others) => options switch
    {
        LdapOptions ldap => LdapRules.CheckBeside(ldap, OfType<LdapOptions>(others)),
        _ => throw Unknown(options),
    };

    /// <summary>Creates the connector for valid options. It opens no connection yet.</summary>
    /// <param name="foreignPrefixes">
    /// The prefixes of other upstreams' groups: a group of this one whose name begins with one of them is left out.
    /// </param>
    public static IConnector Connect(
        ConnectorId id, UpstreamOptions options, IReadOnlyList<string> foreignPrefixes, TimeProvider clock) => options switch
    {
        LdapOptions ldap => LdapConnector.Create(id, ldap, foreignPrefixes, clock),
        _ => throw Unknown(options),
    };

    /// <summary>Checks the options against the live upstream.</summary>
    /// <param name="username">Whose account to read there; null: any account.</param>
    public static Task<IReadOnlyList<SettingFinding>> DiagnoseAsync(
        ConnectorId id, UpstreamOptions options, IReadOnlyList<string> foreignPrefixes, string? username, TimeProvider clock,
        CancellationToken ct) => options switch
    {
        LdapOptions ldap => LdapDiagnostics.RunAsync(id, ldap, foreignPrefixes, username, clock, ct),
        _ => throw Unknown(options),
    };

    /// <summary>The prefix of the names of groups; null if no groups are read from it.</summary>
    public static string? GroupPrefixOf(UpstreamOptions options) => options switch
    {
        LdapOptions { Groups.Source: GroupSource.None } => null,
        LdapOptions ldap => ldap.Groups.Prefix ?? "",
        _ => throw Unknown(options),
    };

    /// <summary>The file with the secret of this server's account there; null: there is none.</summary>
    public static string? SecretFileOf(UpstreamOptions options) => options switch
    {
        LdapOptions ldap => ldap.BindPasswordFile,
        _ => throw Unknown(options),
    };

    /// <summary>Whether a password may leave this machine without TLS, which is warned of at each start.</summary>
    public static bool AllowsPlainText(UpstreamOptions options) => options switch
    {
        LdapOptions ldap => ldap.PlainText == PlainText.Everywhere,
        _ => throw Unknown(options),
    };

    private static IReadOnlyList<(string Name, T Options)> OfType<T>(IEnumerable<KeyValuePair<string, UpstreamOptions>> upstreams)
        where T : UpstreamOptions =>
        [.. upstreams.Where(upstream => upstream.Value is T).Select(upstream => (upstream.Key, (T)upstream.Value))];

    private static InvalidOperationException Unknown(UpstreamOptions options) =>
        new($"{options.GetType().Name} are options of an unknown kind.");
}
