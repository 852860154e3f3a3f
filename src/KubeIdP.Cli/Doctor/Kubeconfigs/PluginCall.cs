namespace KubeIdP.Cli.Doctor.Kubeconfigs;

/// <summary>A credential plugin that signs in at an issuer, as a kubeconfig calls it.</summary>
/// <param name="Command">As the kubeconfig names it.</param>
/// <param name="Programs">The programs that must be there, by name or absolute path; the last is the plugin itself.</param>
/// <param name="Issuer">As it is written there; null for the issuer of the last login (kubeidp alone).</param>
/// <param name="ClientId">The cluster.</param>
/// <param name="AuthorityFile">Null if it names none.</param>
/// <param name="AuthorityData">Base64 of PEM; null if it names none.</param>
/// <param name="SkipsTls">Whether it does not check the issuer's certificate.</param>
/// <param name="CacheFolder">That of kubelogin, as it is written there; null for its default.</param>
/// <param name="UsesKeyring">Whether kubelogin is told to keep its tokens in the keyring of the system.</param>
internal sealed record PluginCall(
    PluginKind Kind, string Command, IReadOnlyList<string> Programs, string? Issuer, string? ClientId, string? AuthorityFile,
    string? AuthorityData, bool SkipsTls, string? CacheFolder, bool UsesKeyring)
{
    private const string Kubelogin = "kubectl-oidc_login";

    /// <summary>Null if it is another program.</summary>
    public static PluginCall? Of(ExecEntry exec) => (NameOf(exec.Command), exec.Args) switch
    {
        ("kubectl-oidc_login" or "kubelogin", ["get-token", .. var args]) => Read(PluginKind.Kubelogin, exec, [exec.Command], args),
        ("kubectl", ["oidc-login", "get-token", .. var args]) => Read(PluginKind.Kubelogin, exec, [exec.Command, Kubelogin], args),
        ("kubeidp", ["token", .. var args]) => Read(PluginKind.Kubeidp, exec, [exec.Command], args),
        _ => null,
    };

    private static PluginCall? Read(PluginKind kind, ExecEntry exec, string[] programs, string[] args)
    {
        var (options, words) = Split(args);
        var issuer = Value(kind is PluginKind.Kubelogin ? "--oidc-issuer-url" : "--issuer");
        var client = kind is PluginKind.Kubelogin ? Value("--oidc-client-id") : words.FirstOrDefault();

        // Azure has another program named kubelogin, which has none of these options.
        return kind is PluginKind.Kubelogin && issuer is null && client is null ? null : new PluginCall(
            kind, exec.Command, programs, issuer, client, Value("--certificate-authority"), Value("--certificate-authority-data"),
            options.TryGetValue("--insecure-skip-tls-verify", out var skips) && skips is not "false", Value("--token-cache-dir"),
            Value("--token-cache-storage") is "keyring" || options.ContainsKey("--force-keyring"));

        string? Value(string name) => options.TryGetValue(name, out var value) && value.Length > 0 ? value : null;
    }

    /// <summary>Options as <c>--name=value</c> or <c>--name value</c>; the last one counts.</summary>
    private static (Dictionary<string, string> Options, List<string> Words) Split(string[] args)
    {
        var (options, words) = (new Dictionary<string, string>(StringComparer.Ordinal), new List<string>());
        for (var at = 0; at < args.Length; at++)
        {
            var arg = args[at];
            if (!arg.StartsWith("--", StringComparison.Ordinal)) words.Add(arg);
            else if (arg.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals) options[arg[..equals]] = arg[(equals + 1)..];
            else if (!IsSwitch(arg) && at + 1 < args.Length) options[arg] = args[++at];
            else options[arg] = "";
        }

        return (options, words);
    }

    private static bool IsSwitch(string option) => option
        is "--insecure-skip-tls-verify" or "--force-refresh" or "--force-keyring" or "--no-keyring" or "--oidc-use-pkce"
        or "--oidc-use-access-token" or "--skip-open-browser" or "--no-login" or "--tls-renegotiation-once" or "--tls-renegotiation-freely";

    private static string NameOf(string command)
    {
        var name = command[(command.LastIndexOfAny(['/', '\\']) + 1)..];
        return name.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) ? name[..^4] : name;
    }
}

/// <summary>The programs that sign in at an issuer of this kind.</summary>
internal enum PluginKind
{
    Kubelogin,

    /// <summary>This program.</summary>
    Kubeidp,
}
