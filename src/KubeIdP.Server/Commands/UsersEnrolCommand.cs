using System.CommandLine;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Directories;

namespace KubeIdP.Server.Commands;

/// <summary>Codes for the roll-out: for one person or for a list, of a directory or local, whether or not they have been here.</summary>
internal static class UsersEnrolCommand
{
    public static Command Create(CommandContext context)
    {
        var names = new Argument<string[]>("NAME") { Description = "The user names, as people type them.", Arity = ArgumentArity.OneOrMore };
        var directory = new Option<string?>("--directory") { Description = "Where the accounts are; needed when several directories know a name." };
        var output = new Option<string>("--output", "-o") { Description = "text, json, or csv for a mail merge.", DefaultValueFactory = _ => "text" };
        output.AcceptOnlyFromAmong("text", "json", "csv");
        var mail = new Option<bool>("--mail") { Description = "Mail each code to the address that the person has in the directory, in place of showing it here." };

        var enrol = new Command("enrol", "Make one-time codes by which people set up their first second factor. Who has not been here yet is looked up in their directory.") { names, directory, mail, output };
        enrol.SetAction((parsed, ct) => context.RunAsync(parsed, async services =>
        {
            var letters = services.GetRequiredService<EnrolmentMail>();
            if (parsed.GetValue(mail) && !letters.IsConfigured)
            {
                await Console.Error.WriteLineAsync("There is no mail server: give smtp.server and smtp.from in the configuration.");
                return CommandLine.Misused;
            }

            var (offers, asked) = (services.GetRequiredService<EnrolmentOffers>(), parsed.GetValue(directory) is { } id ? new ConnectorId(id) : (ConnectorId?)null);
            var offered = new List<EnrolmentOffer.HandedOut>();
            var refused = 0;
            foreach (var name in parsed.GetValue(names)!)
            {
                switch (await offers.OfferAsync(name, asked, Actor.CommandLine, ct))
                {
                    case EnrolmentOffer.HandedOut made:
                        offered.Add(made);
                        break;
                    case EnrolmentOffer.Refused(var reason):
                        refused++;
                        await Console.Error.WriteLineAsync(reason);
                        break;
                }
            }

            if (!parsed.GetValue(mail))
            {
                await WriteAsync(parsed.GetValue(output), offered);
                return refused == 0 ? 0 : CommandLine.NotDone;
            }

            var mailed = await letters.SendAsync(offered, Actor.CommandLine, ct);
            await WriteMailedAsync(parsed.GetValue(output), mailed);
            return refused == 0 && mailed.All(one => one.Trouble is null) ? 0 : CommandLine.NotDone;
        }, ct));
        return enrol;
    }

    /// <summary>A code that is on its way is shown to nobody else; one that could not be mailed is there to be handed over.</summary>
    private static async Task WriteMailedAsync(string? format, IReadOnlyList<MailedCode> mailed)
    {
        var stranded = mailed.Where(one => one.Trouble is not null).ToList();
        foreach (var (code, trouble) in stranded) await Console.Error.WriteLineAsync($"{code.Username}: not mailed. {trouble}");
        if (format == "csv")
        {
            await Console.Out.WriteLineAsync(EnrolmentCsv.Of(stranded.Select(one => one.Code)));
            return;
        }

        var rows = mailed.Select(one => new
        {
            name = one.Code.Username, directory = one.Code.Connector.Value, mailedTo = one.Trouble is null ? one.Code.Mail : null,
            enrolmentCode = one.Trouble is null ? null : one.Code.Code, enrolmentCodeExpiresAt = one.Code.ExpiresAt,
        });
        await OutputFormat.WriteAsync(format, rows, mailed is [] ? "No code was made." : TextTable.Of(
            ["NAME", "DIRECTORY", "MAILED TO", "CODE TO HAND OVER", "GOOD UNTIL"],
            mailed.Select(one => (string[])
            [
                one.Code.Username, one.Code.Connector.Value, one.Trouble is null ? one.Code.Mail! : "-", one.Trouble is null ? "-" : one.Code.Code, TextTable.Moment(one.Code.ExpiresAt),
            ])));
    }

    private static Task WriteAsync(string? format, List<EnrolmentOffer.HandedOut> offered)
    {
        if (format == "csv") return Console.Out.WriteLineAsync(EnrolmentCsv.Of(offered));

        var rows = offered.Select(one => new { name = one.Username, directory = one.Connector.Value, enrolmentCode = one.Code, enrolmentCodeExpiresAt = one.ExpiresAt });
        return OutputFormat.WriteAsync(format, rows, offered is [] ? "No code was made." : $"""
            {TextTable.Of(["NAME", "DIRECTORY", "ENROLMENT CODE", "GOOD UNTIL"], offered.Select(one => (string[])[one.Username, one.Connector.Value, one.Code, TextTable.Moment(one.ExpiresAt)]))}
            Hand each over in person or by a channel of its own: with it and the password a second factor is set up. It works once.
            """);
    }
}
