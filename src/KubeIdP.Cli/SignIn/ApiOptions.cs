using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KubeIdP.Cli.Api;
using KubeIdP.Core.Network;

namespace KubeIdP.Cli.SignIn;

/// <summary>The server that commands call, and how they sign in there.</summary>
internal sealed class ApiOptions : IApiAccess
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(4);

    private readonly Option<string?> issuer = new("--issuer")
    {
        Description = "The issuer URL of the server to call.", HelpName = "url", Recursive = true,
    };

    private readonly Option<string?> service = new("--service")
    {
        Description = "Sign in as this client of kind service, with its --key, in place of a person with a browser.", HelpName = "id",
        Recursive = true,
    };

    private readonly Option<FileInfo> key = new("--key")
    {
        Description = "The private key of the client of --service (PEM).", HelpName = "file", Recursive = true,
    };

    private readonly Option<FileInfo> authority = new("--certificate-authority")
    {
        Description = "The certificate authorities to trust (PEM). Default: those that this machine trusts.", HelpName = "file",
        Recursive = true,
    };

    public ApiOptions()
    {
        issuer.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<string?>() is { } url && !IsIssuer(url))
                given.AddError("--issuer takes an issuer URL: https://…, or http://… for this machine only.");
        });
        key.AcceptExistingOnly();
        authority.AcceptExistingOnly();
    }

    /// <summary>Adds the options for all commands.</summary>
    public void AddTo(RootCommand root)
    {
        foreach (var option in (Option[])[issuer, service, key, authority]) root.Add(option);
    }

    /// <summary>Refuses half of what a service needs. For a command that calls <see cref="ConnectAsync"/>, and all below it.</summary>
    public void AddValidatorsTo(Command command)
    {
        command.Validators.Add(Check);
        foreach (var subcommand in command.Subcommands) AddValidatorsTo(subcommand);
    }

    public async Task<ApiClient> ConnectAsync(ParseResult parsed, CancellationToken ct)
    {
        var url = parsed.GetValue(issuer)?.TrimEnd('/')
            ?? throw new CommandFault("Which server? Give its issuer URL: --issuer https://…", ExitCode.Misused);
        var handler = CreateHandler(parsed.GetValue(authority));
        try
        {
            var signIn = new ServerSignIn(url, handler);
            var token = parsed.GetValue(key) is { } file
                ? await signIn.AsServiceAsync(parsed.GetValue(service)!, await File.ReadAllTextAsync(file.FullName, ct), ct)
                : await signIn.AsPersonAsync(ct);
            return new ApiClient(new HttpClient(handler) { Timeout = ApiClient.Timeout,
                DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) } }, url);
        }
        catch (HttpRequestException fault)
        {
            handler.Dispose();
            throw new CommandFault($"{url} does not answer: {fault.GetBaseException().Message}");
        }
        catch
        {
            handler.Dispose();
            throw;
        }
    }

    private static bool IsIssuer(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri is { Query: "", Fragment: "", UserInfo: "" }
            && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));

    /// <summary>To any address, also through a proxy; the called server must not redirect the token elsewhere.</summary>
    private static SocketsHttpHandler CreateHandler(FileInfo? authority)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectCallback = async (context, ct) => await Outbound.ConnectAsync(
                context.DnsEndPoint.Host, context.DnsEndPoint.Port, ConnectTimeout, TimeProvider.System, ct),
        };
        if (authority is null) return handler;

        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true,
            TrustMode = X509ChainTrustMode.CustomRootTrust };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(authority.FullName);
            if (policy.CustomTrustStore.Count == 0) throw new CryptographicException("There is no PEM block CERTIFICATE in it.");
        }
        catch (CryptographicException fault)
        {
            handler.Dispose();
            throw new CommandFault($"--certificate-authority: {authority.Name} contains no certificates: {fault.Message}");
        }

        handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        return handler;
    }

    private void Check(CommandResult given)
    {
        if (given.GetResult(key) is { Implicit: false } != given.GetResult(service) is { Implicit: false })
            given.AddError("--service and --key belong together.");
    }
}
