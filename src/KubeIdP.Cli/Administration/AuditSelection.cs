using System.CommandLine;
using KubeIdP.Cli.Api;
using KubeIdP.Cli.Terminal;
using KubeIdP.Core.Network;

namespace KubeIdP.Cli.Administration;

/// <summary>The options that select audit events.</summary>
internal sealed class AuditSelection
{
    private readonly Option<string?> type = new("--type") { Description = "Only audit events of this type, such as session.ended.",
        HelpName = "type" };
    private readonly Option<string?> person =
        new("--person") { Description = "Only what the person with this user name did, or what was done to that person." };
    private readonly Option<string?> session = new("--session") { Description = "Only within this session." };
    private readonly Option<string?> client = new("--client") { Description = "Only about this client." };
    private readonly Option<AddressRange?> address =
        AddressOption.Create("Only from this address, or from one of this network, such as 10.0.0.0/8.");
    private readonly Option<DateTimeOffset?> since = TimestampOption.Create("--since",
        "Only at this time or later, such as 2027-01-31T09:00Z.");
    private readonly Option<DateTimeOffset?> until = TimestampOption.Create("--until", "Only before this time.");

    public Command AddTo(Command command)
    {
        foreach (var option in (Option[])[type, person, session, client, address, since, until])
            command.Add(option);
        return command;
    }

    /// <summary>Null when nobody has the user name; the error has then been printed.</summary>
    public async Task<AuditQuery?> QueryAsync(ParseResult parsed, IAdministration administration, CancellationToken ct)
    {
        string? personId = null;
        if (parsed.GetValue(person) is { } name)
        {
            personId = (await administration.PersonOfNameAsync(name, ct))?.Id;
            if (personId is null)
            {
                await PersonCommands.NotFoundAsync(name);
                return null;
            }
        }

        return new AuditQuery
        {
            Type = parsed.GetValue(type), PersonId = personId, Session = parsed.GetValue(session), Client = parsed.GetValue(client),
            Address = parsed.GetValue(address)?.ToString(), Since = parsed.GetValue(since), Until = parsed.GetValue(until),
        };
    }
}
