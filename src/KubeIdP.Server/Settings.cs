using KubeIdP.Connectors;
using KubeIdP.Connectors.Ldap;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Audit;
using KubeIdP.Server.BackChannelLogout;
using KubeIdP.Server.Branding;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;
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
    /// This server's public identity: the <c>iss</c> of every token, byte for byte, and the root of every link. An https URL without query or
    /// fragment, as API servers demand it.
    /// </summary>
    public string Issuer { get; init; } = "https://localhost:8443";

    /// <summary>
    /// Where to listen. https URLs are served with our own certificate authority or with <see cref="TlsOptions.CertificateFile"/>;
    /// http URLs are for a proxy in front that ends TLS. Default: https on localhost at the issuer's port.
    /// </summary>
    public IReadOnlyList<string> Listen { get; init; } = [];

    /// <summary>
    /// The proxies in front of this server: addresses or networks, such as <c>10.0.0.0/8</c>. What they write into <c>X-Forwarded-For</c> is taken for the
    /// address of who asks, which counts for the limits of guessing and stands in the audit; from everybody else it is ignored. Default: none.
    /// </summary>
    public IReadOnlyList<string> Proxies { get; init; } = [];

    public ManagementOptions Management { get; init; } = new();

    /// <summary>The folder for all state of a single machine: SQLite file, master key, certificate authority. Created with mode 0700.</summary>
    public string DataDirectory { get; init; } = "data";

    /// <summary>
    /// The file with the 32-byte master key (base64) that wraps every other secret. With SQLite it is created beside the database when absent;
    /// with PostgreSQL it must be named here and exist, the same on every replica.
    /// </summary>
    public string? MasterKeyFile { get; init; }

    public DatabaseOptions Database { get; init; } = new();

    public TlsOptions Tls { get; init; } = new();

    public TokenOptions Tokens { get; init; } = new();

    public SessionOptions Sessions { get; init; } = new();

    public EnrolmentOptions Enrolment { get; init; } = new();

    /// <summary>
    /// The places whose people sign in here with the accounts that they have, by the name under which this issuer knows each; local accounts are
    /// always there beside them. A name stays: people are linked by it.
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

    /// <summary>The relying parties by client id. With none configured there is one, the public client <c>kubernetes</c>.</summary>
    public IReadOnlyDictionary<string, ClientOptions> Clients { get; init; } = new Dictionary<string, ClientOptions>();
}
