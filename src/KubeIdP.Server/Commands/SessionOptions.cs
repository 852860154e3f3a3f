using System.CommandLine.Parsing;
using System.CommandLine;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Network;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Commands.Administration;

namespace KubeIdP.Server.Commands;

/// <summary>The options that select live sessions.</summary>
/// <param name="which">The first word of the descriptions: "Only" for a list.</param>
internal sealed class SessionOptions(string which)
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
    public async Task<SessionFilter?> FilterAsync(IAdministration administration, ParseResult parsed, CancellationToken ct)
    {
        var filter = new SessionFilter { Group = parsed.GetValue(group), ClientId = Identifier.OrNull<ClientId>(parsed.GetValue(client)),
            Address = parsed.GetValue(address) };
        if (parsed.GetValue(person) is not { } name) return filter;
        if (await administration.PersonOfNameAsync(name, ct) is { } found)
            return filter with { PersonId = Identifier.OrNull<PersonId>(found.Id) };

        await PersonCommands.NotFoundAsync(name);
        return null;
    }
}
