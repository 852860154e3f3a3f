using KubeIdP.Connectors;
using KubeIdP.Connectors.Ldap;
using KubeIdP.Connectors.Ldap.Diagnostics;
using KubeIdP.Core.Upstreams;

namespace KubeIdP.Server.Upstreams;

/// <summary>
/// What is done in another way for each kind of upstream. A new kind is a line in each of these, beside its options in <see
/// cref="Settings"/>.
/// </summary>
internal static class UpstreamKinds
{
    /// <summary>Everything that is wrong with the options of one upstream. Looks at no server.</summary>
    public static IEnumerable<OptionFault> Check(UpstreamOptions options) => options switch
    {
        LdapOptions ldap => LdapRules.Check(ldap),
        _ => throw Unknown(options),
    };

    /// <summary>The connector for options without fault. Opens no connection yet.</summary>
    /// <param name="foreignPrefixes">
    /// What the names of other upstreams' groups begin with: a group of this one that is called so is left out.
    /// </param>
    public static IConnector Connect(
        ConnectorId id, UpstreamOptions options, IReadOnlyList<string> foreignPrefixes, TimeProvider clock) => options switch
    {
        LdapOptions ldap => LdapConnector.Create(id, ldap, foreignPrefixes, clock),
        _ => throw Unknown(options),
    };

    /// <summary>Tries the options out against the live upstream.</summary>
    /// <param name="username">Whom to read there; null: anybody.</param>
    public static Task<IReadOnlyList<SettingFinding>> DiagnoseAsync(
        ConnectorId id, UpstreamOptions options, IReadOnlyList<string> foreignPrefixes, string? username, TimeProvider clock,
        CancellationToken ct) => options switch
    {
        LdapOptions ldap => LdapDiagnostics.RunAsync(id, ldap, foreignPrefixes, username, clock, ct),
        _ => throw Unknown(options),
    };

    /// <summary>What is put before the name of each group; null when no groups are read there.</summary>
    public static string? GroupPrefixOf(UpstreamOptions options) => options switch
    {
        LdapOptions { Groups.Source: GroupSource.None } => null,
        LdapOptions ldap => ldap.Groups.Prefix ?? "",
        _ => throw Unknown(options),
    };

    /// <summary>The file with the secret of our own account there; null: there is none.</summary>
    public static string? SecretFileOf(UpstreamOptions options) => options switch
    {
        LdapOptions ldap => ldap.BindPasswordFile,
        _ => throw Unknown(options),
    };

    private static InvalidOperationException Unknown(UpstreamOptions options) =>
        new($"{options.GetType().Name} are options of an unknown kind.");
}
