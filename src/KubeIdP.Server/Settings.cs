using KubeIdP.Connectors;
using KubeIdP.Connectors.Ldap;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Audit;
using KubeIdP.Server.BackChannelLogout;
using KubeIdP.Server.Branding;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.DeviceCode;
using KubeIdP.Server.Enrolment;
using KubeIdP.Server.Hosting;
using KubeIdP.Server.Mail;
using KubeIdP.Server.PersonalData;
using KubeIdP.Server.Storage;
using KubeIdP.Server.Tls;
using KubeIdP.Server.Tokens;

namespace KubeIdP.Server;

/// <summary>
/// Everything that can be configured, as the keys of <c>kubeidp.yaml</c> spell it (camel case) and as <c>KUBEIDP__…</c> in the environment.
/// The defaults are a working, safe issuer on this machine.
/// </summary>
public sealed record Settings
{
    /// <summary>
    /// This server's public identity: the <c>iss</c> claim of every token, byte for byte, and the beginning of every link. An https URL
    /// without query or fragment, as API servers require it.
    /// </summary>
    public string Issuer { get; init; } = "https://localhost:8443";

    /// <summary>
    /// The addresses to listen on. https URLs use a certificate of the server's own certificate authority, or the one in <see
    /// cref="TlsOptions.CertificateFile"/>; http URLs are for a proxy in front that terminates TLS. Default: https on localhost, on the
    /// issuer's port.
    /// </summary>
    public IReadOnlyList<string> Listen { get; init; } = [];

    /// <summary>
    /// The proxies in front of this server: addresses or networks, such as <c>10.0.0.0/8</c>. The server takes the client's address from
    /// the <c>X-Forwarded-For</c> header that they send, uses it for the limits on guessing, and records it in the audit log. The header is
    /// ignored in requests from all other addresses. Default: none.
    /// </summary>
    public IReadOnlyList<string> Proxies { get; init; } = [];

    public ManagementOptions Management { get; init; } = new();

    /// <summary>
    /// The folder for all state of a single machine: SQLite database, master key and certificate authority. It is created with mode 0700.
    /// </summary>
    public string DataDirectory { get; init; } = "data";

    /// <summary>
    /// The file with the 32-byte master key (base64) that wraps every other secret. With SQLite it is created beside the database if it
    /// does not exist. With PostgreSQL it must be set and the file must exist, the same on every replica.
    /// </summary>
    public string? MasterKeyFile { get; init; }

    public DatabaseOptions Database { get; init; } = new();

    public TlsOptions Tls { get; init; } = new();

    public TokenOptions Tokens { get; init; } = new();

    public SessionOptions Sessions { get; init; } = new();

    public EnrolmentOptions Enrolment { get; init; } = new();

    /// <summary>
    /// The upstreams: directories and other places whose people sign in with their existing accounts. NAME is the name of the upstream at
    /// this issuer; do not change it, because people are linked to their accounts by it. Local accounts always exist beside the upstreams.
    /// </summary>
    [Kind(UpstreamKind.Ldap, typeof(LdapOptions))]
    [Kind(UpstreamKind.ActiveDirectory, typeof(LdapOptions))]
    public IReadOnlyDictionary<string, UpstreamOptions> Upstreams { get; init; } = new Dictionary<string, UpstreamOptions>();

    public SmtpOptions Smtp { get; init; } = new();

    public AdminOptions Admin { get; init; } = new();

    public AuditOptions Audit { get; init; } = new();

    public PersonalDataOptions PersonalData { get; init; } = new();

    public BrandOptions Brand { get; init; } = new();

    public BackChannelLogoutOptions BackChannelLogout { get; init; } = new();

    public DeviceCodeOptions DeviceCode { get; init; } = new();

    /// <summary>
    /// The Kubernetes clusters, whose API servers trust this issuer. NAME is the client id and the audience of its tokens. If neither
    /// clusters nor clients are configured, there is one cluster: <c>kubernetes</c>.
    /// </summary>
    public IReadOnlyDictionary<string, ClusterOptions> Clusters { get; init; } = new Dictionary<string, ClusterOptions>();

    /// <summary>The relying parties that are no clusters: web applications, programs and services. NAME is the client id.</summary>
    [KindHint("A Kubernetes cluster is an entry of clusters, without a kind.")]
    [Kind(ClientKind.Web, typeof(ClientOptions))]
    [Kind(ClientKind.Spa, typeof(ClientOptions))]
    [Kind(ClientKind.Native, typeof(ClientOptions))]
    [Kind(ClientKind.Admin, typeof(ClientOptions))]
    [Kind(ClientKind.Service, typeof(ClientOptions))]
    public IReadOnlyDictionary<string, ClientOptions> Clients { get; init; } = new Dictionary<string, ClientOptions>();

    public CliOptions Cli { get; init; } = new();
}
