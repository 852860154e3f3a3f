using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using KubeIdP.Cli.Api;
using KubeIdP.Cli.Terminal;
using KubeIdP.Core.Network;
using KubeIdP.Core.Sessions;

namespace KubeIdP.Cli.Administration;

/// <summary>The options that select live sessions.</summary>
/// <param name="which">The first word of the descriptions: "Only" for a list.</param>
internal sealed class SessionSelection(string which)
{
    private readonly Option<string?> person = new("--person") { Description = $"{which} sessions of this user name." };
    private readonly Option<string?> group = new("--group") { Description = $"{which} sessions of members of this group." };
    private readonly Option<string?> client = new("--client") { Description = $"{which} sessions with a grant for this client." };
    private readonly Option<AddressRange?> address =
        AddressOption.Create($"{which} sessions from this address, or from one of this network, such as 10.0.0.0/8.");

    private readonly Option<SessionKind?> kind = new("--kind")
    {
        Description = $"{which} sessions that began in this way: browser, or device (by a device code).",
    };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[person, group, client, address, kind]) command.Add(option);
    }

    public bool AnyGiven(CommandResult given) =>
        given.GetValue(person) is not null || given.GetValue(group) is not null || given.GetValue(client) is not null
            || given.GetValue(address) is not null || given.GetValue(kind) is not null;

    /// <summary>Null when nobody has the user name; the error has then been printed.</summary>
    public async Task<SessionQuery?> QueryAsync(IAdministration administration, ParseResult parsed, CancellationToken ct)
    {
        var query = new SessionQuery
        {
            Group = parsed.GetValue(group), Client = parsed.GetValue(client), Address = parsed.GetValue(address)?.ToString(),
            Kind = parsed.GetValue(kind) is { } way ? JsonNamingPolicy.CamelCase.ConvertName($"{way}") : null,
        };
        if (parsed.GetValue(person) is not { } name) return query;
        if (await administration.PersonOfNameAsync(name, ct) is { } found) return query with { PersonId = found.Id };

        await PersonCommands.NotFoundAsync(name);
        return null;
    }
}
