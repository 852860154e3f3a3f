using System.CommandLine;
using System.CommandLine.Parsing;
using KubeIdP.Cli.Api;
using KubeIdP.Cli.Terminal;
using KubeIdP.Core.Network;

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

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[person, group, client, address]) command.Add(option);
    }

    public bool AnyGiven(CommandResult given) =>
        given.GetValue(person) is not null || given.GetValue(group) is not null || given.GetValue(client) is not null
            || given.GetValue(address) is not null;

    /// <summary>Null when nobody has the user name; the error has then been printed.</summary>
    public async Task<SessionQuery?> QueryAsync(IAdministration administration, ParseResult parsed, CancellationToken ct)
    {
        var query = new SessionQuery
        {
            Group = parsed.GetValue(group), Client = parsed.GetValue(client), Address = parsed.GetValue(address)?.ToString(),
        };
        if (parsed.GetValue(person) is not { } name) return query;
        if (await administration.PersonOfNameAsync(name, ct) is { } found) return query with { PersonId = found.Id };

        await PersonCommands.NotFoundAsync(name);
        return null;
    }
}
