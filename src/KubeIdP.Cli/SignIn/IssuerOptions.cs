using System.CommandLine;
using KubeIdP.Cli.Network;
using KubeIdP.Cli.Store;

namespace KubeIdP.Cli.SignIn;

/// <summary>Which issuer a verb is about: that of its options, or else that of the last login.</summary>
internal sealed class IssuerOptions
{
    private readonly Option<string?> issuer = new("--issuer")
    {
        Description = "The URL of the issuer, exactly as it is configured. Default: that of the last login.", HelpName = "url",
        Recursive = true,
    };

    private readonly Option<string?> authorityFile = new("--certificate-authority")
    {
        Description = "A file (PEM) with the certificate authority of the issuer, trusted beside those of this machine.", HelpName = "file",
        Recursive = true,
    };

    private readonly Option<string?> authorityData = new("--certificate-authority-data")
    {
        Description = "The same as base64, as in a kubeconfig.", HelpName = "base64", Recursive = true,
    };

    /// <summary>Adds the options for all commands.</summary>
    public void AddTo(RootCommand root)
    {
        foreach (var option in (Option[])[issuer, authorityFile, authorityData]) root.Add(option);
    }

    /// <summary>What was typed, for a command that finds the issuer in another way as well.</summary>
    /// <exception cref="Misuse">The certificate authority can't be read.</exception>
    public (string? Issuer, CertificateAuthority? Authority) Given(ParseResult parsed) => (parsed.GetValue(issuer), AuthorityOf(parsed));

    /// <exception cref="CommandFault">They name none, and nobody has signed in.</exception>
    public IssuerAccess Open(ParseResult parsed, Action<string> say, TimeProvider clock)
    {
        var (state, authority) = Choose(StateHome.Find(), parsed.GetValue(issuer), AuthorityOf(parsed));
        return new IssuerAccess(state, authority, say, clock);
    }

    /// <summary>
    /// Without an authority the login of this issuer counts with the authority that it has. One that is named is a login of its own: a
    /// kubeconfig can't send the refresh token of another to whomever it trusts.
    /// </summary>
    /// <exception cref="CommandFault">There is none.</exception>
    public static (IssuerState State, CertificateAuthority? Authority) Choose(string home, string? issuer, CertificateAuthority? authority)
    {
        if (authority is not null && issuer is null)
            throw new Misuse("A certificate authority needs the issuer that it is for: name it with --issuer.");

        var named = issuer is null ? null : IssuerState.Of(home, IssuerUrl.Checked(issuer), authority);
        if (authority is not null || named?.ReadSession() is not null) return (named!, authority);

        var last = IssuerState.Default(home);
        if (named is not null && last?.Issuer != named.Issuer) return (named, null);

        return last is null
            ? throw new CommandFault("Nobody has signed in on this machine. Name the issuer: kubeidp login --issuer https://…")
            : (last, AuthorityOf(last));
    }

    /// <summary>The authority that a stored login trusts.</summary>
    public static CertificateAuthority? AuthorityOf(IssuerState state) =>
        state.ReadSession()?.CertificateAuthority is { } pem ? CertificateAuthority.FromPem(pem, $"The login in {state.Folder}") : null;

    private CertificateAuthority? AuthorityOf(ParseResult parsed) => (parsed.GetValue(authorityFile), parsed.GetValue(authorityData)) switch
    {
        (null, null) => null,
        ({ } file, null) => CertificateAuthority.FromFile(file),
        (null, { } data) => CertificateAuthority.FromData(data),
        _ => throw new Misuse("Give --certificate-authority or --certificate-authority-data, not both."),
    };
}
