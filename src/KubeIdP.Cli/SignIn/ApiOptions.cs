using System.CommandLine;
using System.CommandLine.Parsing;
using KubeIdP.Cli.Api;

namespace KubeIdP.Cli.SignIn;

/// <summary>How commands sign in at the API of the issuer: as a person with a browser, or as a service with its key.</summary>
/// <param name="issuer">Which issuer.</param>
internal sealed class ApiOptions(IssuerOptions issuer) : IApiAccess
{
    private readonly Option<string?> service = new("--service")
    {
        Description = "Sign in as this client of kind service, with its --key, in place of a person with a browser.", HelpName = "id",
    };

    private readonly Option<FileInfo> key = new Option<FileInfo>("--key")
    {
        Description = "The private key of the client of --service (PEM).", HelpName = "file",
    }.AcceptExistingOnly();

    /// <summary>Adds the options to a command that calls the API, or to all such below it.</summary>
    public void AddTo(Command command)
    {
        if (command.Subcommands.Count == 0)
        {
            command.Add(service);
            command.Add(key);
            command.Validators.Add(Check);
        }

        foreach (var subcommand in command.Subcommands) AddTo(subcommand);
    }

    public Task<ApiClient> ConnectAsync(ParseResult parsed, CancellationToken ct)
    {
        var access = issuer.Open(parsed, Console.Error.WriteLine, TimeProvider.System);
        Func<string?, CancellationToken, Task<string>> tokenAfter = parsed.GetValue(key) is { } file
            ? new ServiceGrant(access, parsed.GetValue(service)!, file).GetAsync
            : new AdminGrant(access).GetAsync;
        var http = access.Http.CreateClient(new ApiTokenHandler(access.Http, tokenAfter), ApiClient.Timeout);
        return Task.FromResult(new ApiClient(http, access.Issuer.TrimEnd('/'), access));
    }

    private void Check(CommandResult given)
    {
        if (given.GetResult(key) is { Implicit: false } != given.GetResult(service) is { Implicit: false })
            given.AddError("--service and --key belong together.");
    }
}
