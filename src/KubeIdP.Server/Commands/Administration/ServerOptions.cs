using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Commands.Administration;

/// <summary>The server that a command calls in place of the database, and how it signs in there.</summary>
internal sealed class ServerOptions
{
    // One call may end all sessions of a company.
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    private readonly Option<string?> server = new("--server")
    {
        Description =
            "Call the API of the server with this issuer URL instead of using the database; no configuration is read. Sign in with a "
            + "browser, or with --server-key.", HelpName = "url", Recursive = true,
    };

    private readonly Option<string> client = new("--server-client")
    {
        Description = "The client of that server to sign in with: one of kind admin, or with --server-key one of kind service.",
            HelpName = "id", DefaultValueFactory = _ => "admin-cli", Recursive = true,
    };

    private readonly Option<FileInfo> key = new("--server-key") { Description = "The private key of the service client (PEM).",
        HelpName = "file", Recursive = true };

    private readonly Option<FileInfo> authority =
        new("--server-ca") { Description = "The certificate authorities to trust (PEM). Default: those that this machine trusts.",
            HelpName = "file", Recursive = true };

    public ServerOptions()
    {
        server.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<string?>() is { } url && !IsIssuer(url))
                given.AddError("--server takes an issuer URL: https://…, or http://… for this machine only.");
        });
        key.AcceptExistingOnly();
        authority.AcceptExistingOnly();
    }

    /// <summary>For a command, or for all commands of a group.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[server, client, key, authority]) command.Add(option);
        foreach (var each in command.Subcommands.Append(command)) each.Validators.Add(Check);
    }

    public bool IsGiven(ParseResult parsed) => parsed.GetValue(server) is not null;

    public bool IsGiven(CommandResult given) => given.GetValue(server) is not null;

    /// <summary>Signs in and runs the command.</summary>
    public async Task<int> RunAsync(ParseResult parsed, Func<IAdministration, Task<int>> action, CancellationToken ct)
    {
        var issuer = parsed.GetValue(server)!.TrimEnd('/');
        try
        {
            using var handler = CreateHandler(parsed.GetValue(authority));
            var signIn = new ServerSignIn(issuer, parsed.GetValue(client)!, handler);
            var token = parsed.GetValue(key) is { } file
                ? await signIn.AsServiceAsync(await File.ReadAllTextAsync(file.FullName, ct), ct)
                : await signIn.AsPersonAsync(ct);

            using var http = new HttpClient(handler, disposeHandler: false) { Timeout = Timeout,
                DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
            return await action(new ServerAdministration(http, issuer));
        }
        catch (ServerFault fault)
        {
            await Console.Error.WriteLineAsync(fault.Message);
        }
        catch (HttpRequestException fault)
        {
            await Console.Error.WriteLineAsync($"{issuer} does not answer: {fault.GetBaseException().Message}");
        }
        catch (TaskCanceledException) when (!ct.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync($"{issuer} did not answer in {Timeout.TotalMinutes} minutes.");
        }

        return CommandLine.NotDone;
    }

    private static bool IsIssuer(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri is { Query: "", Fragment: "", UserInfo: "" }
            && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));

    private static SocketsHttpHandler CreateHandler(FileInfo? authority)
    {
        var handler = OutboundHttp.CreateHandlerForAdministrator(TimeProvider.System);
        if (authority is null) return handler;

        try
        {
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = OutboundHttp.TrustOnly(authority.FullName) };
            return handler;
        }
        catch (CryptographicException fault)
        {
            throw new ServerFault($"--server-ca: {authority.Name} contains no certificates: {fault.Message}");
        }
    }

    private void Check(CommandResult given)
    {
        if (IsGiven(given)) return;

        foreach (var option in (Option[])[client, key, authority])
        {
            if (given.GetResult(option) is { Implicit: false }) given.AddError($"{option.Name} needs --server.");
        }
    }
}
