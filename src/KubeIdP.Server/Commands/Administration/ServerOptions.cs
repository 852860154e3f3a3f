using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Commands.Administration;

/// <summary>Which server a verb speaks to in place of the database, and as whom.</summary>
internal sealed class ServerOptions
{
    // All sessions of a company may end by one call.
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    private readonly Option<string?> server = new("--server")
    {
        Description = "Speak to the server of this issuer instead of to a database; no configuration is read. You sign in by a browser, or by --server-key.", HelpName = "url", Recursive = true,
    };

    private readonly Option<string> client = new("--server-client")
    {
        Description = "By which client of that server: one of kind admin, or with a key a service.", HelpName = "id", DefaultValueFactory = _ => "admin-cli", Recursive = true,
    };

    private readonly Option<FileInfo> key = new("--server-key") { Description = "The service's private key (PEM).", HelpName = "file", Recursive = true };

    private readonly Option<FileInfo> authority = new("--server-ca") { Description = "Whose certificates are believed (PEM); without it those that this machine trusts.", HelpName = "file", Recursive = true };

    public ServerOptions()
    {
        server.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<string?>() is { } url && !IsIssuer(url)) given.AddError("--server takes an issuer's address: https://…, and http://… for this machine alone.");
        });
        key.AcceptExistingOnly();
        authority.AcceptExistingOnly();
    }

    /// <summary>For a verb, or for all verbs of a group.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[server, client, key, authority]) command.Add(option);
        foreach (var verb in command.Subcommands.Append(command)) verb.Validators.Add(Check);
    }

    public bool IsGiven(ParseResult parsed) => parsed.GetValue(server) is not null;

    public bool IsGiven(CommandResult given) => given.GetValue(server) is not null;

    /// <summary>Signs in and runs the verb.</summary>
    public async Task<int> RunAsync(ParseResult parsed, Func<IAdministration, Task<int>> action, CancellationToken ct)
    {
        var issuer = parsed.GetValue(server)!.TrimEnd('/');
        try
        {
            using var handler = CreateHandler(parsed.GetValue(authority));
            var signIn = new ServerSignIn(issuer, parsed.GetValue(client)!, handler);
            var token = parsed.GetValue(key) is { } file ? await signIn.AsServiceAsync(await File.ReadAllTextAsync(file.FullName, ct), ct) : await signIn.AsPersonAsync(ct);

            using var http = new HttpClient(handler, disposeHandler: false) { Timeout = Timeout, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
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
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri is { Query: "", Fragment: "", UserInfo: "" } && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));

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
            throw new ServerFault($"--server-ca: {authority.Name} holds no certificates: {fault.Message}");
        }
    }

    private void Check(CommandResult given)
    {
        if (IsGiven(given)) return;

        foreach (var option in (Option[])[client, key, authority])
        {
            if (given.GetResult(option) is { Implicit: false }) given.AddError($"{option.Name} goes with --server.");
        }
    }
}
