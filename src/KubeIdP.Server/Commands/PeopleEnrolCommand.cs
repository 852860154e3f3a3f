using System.CommandLine;
using KubeIdP.Server.Api;
using KubeIdP.Server.Commands.Administration;

namespace KubeIdP.Server.Commands;

/// <summary>Creates enrolment codes for one person or many, of a directory or local, who may never have signed in here.</summary>
internal static class PeopleEnrolCommand
{
    public static Command Create(CommandContext context)
    {
        var names = new Argument<string[]>("NAME") { Description = "The user names, as people type them.",
            Arity = ArgumentArity.OneOrMore };
        var upstream =
            new Option<string?>(
                "--upstream") { Description = "The upstream of the accounts; needed when several upstreams have the same user name." };
        var output = new Option<string>("--output", "-o") { Description = "text, json, or csv for a mail merge.",
            DefaultValueFactory = _ => "text" };
        output.AcceptOnlyFromAmong("text", "json", "csv");
        var mail = new Option<bool>(
            "--mail") { Description = "Email each code to the address that the person has in the directory, instead of printing it." };

        var reason = ReasonOption.Create();
        var enrol = new Command("enrol",
            "Create one-time codes with which people set up their first second factor. People who have never signed in here are looked "
            + "up in their directory.") { names, upstream, mail, output };
        enrol.AddReason(reason, context);
        enrol.SetPrivateAction((parsed, to, ct) => context.AdministerAsync(parsed, async administration =>
        {
            var answer = await administration.EnrolAsync(
                parsed.GetValue(names)!, parsed.GetValue(upstream), parsed.GetValue(mail), parsed.GetValue(reason), ct);
            switch (answer)
            {
                case EnrolmentResult.Done(var codes):
                    return await PrintAsync(to, parsed.GetValue(output), parsed.GetValue(mail), codes);

                case EnrolmentResult.NoMailServer:
                    await Console.Error.WriteLineAsync("No mail server is configured: set smtp.server and smtp.from.");
                    return CommandLine.Misused;

                default:
                    await Console.Error.WriteLineAsync($"There is no upstream {parsed.GetValue(upstream)}.");
                    return CommandLine.NotDone;
            }
        }, ct));
        return enrol;
    }

    private static async Task<int> PrintAsync(TextWriter to, string? format, bool mailed, ApiEnrolmentCodes answer)
    {
        foreach (var why in answer.Refused) await Console.Error.WriteLineAsync(why);
        foreach (var code in answer.Codes.Where(code => code.NotMailed is not null))
            await Console.Error.WriteLineAsync($"{code.Username}: the email was not sent. {code.NotMailed}");
        await (mailed ? WriteMailedAsync(to, format, answer) : WriteAsync(to, format, answer.Codes));
        return answer.Refused is [] && answer.Codes.All(code => code.NotMailed is null) ? 0 : CommandLine.NotDone;
    }

    /// <summary>A code that was mailed is not printed; one that could not be mailed is printed, to be handed over.</summary>
    private static Task WriteMailedAsync(TextWriter to, string? format, ApiEnrolmentCodes answer)
    {
        if (format == "csv") return to.WriteLineAsync(EnrolmentCsv.Of(answer.Codes));

        List<Row> rows =
        [
            .. answer.Mailed.Select(one => new Row(one.Id, one.Username, one.Upstream, one.Address, EnrolmentCode: null, one.ExpiresAt)),
            .. answer.Codes.Select(one => new Row(one.Id, one.Username, one.Upstream, MailedTo: null, one.Code, one.ExpiresAt)),
        ];
        return OutputFormat.WriteAsync(to, format, rows, rows is [] ? "No code was created." : TextTable.Of(
            ["NAME", "UPSTREAM", "MAILED TO", "CODE TO HAND OVER", "VALID UNTIL"],
            rows.Select(row =>
                (string[])[PersonRow.Shown(row.Username), row.Upstream, row.MailedTo ?? "-", row.EnrolmentCode ?? "-",
                    TextTable.Timestamp(row.EnrolmentCodeExpiresAt)])));
    }

    private static Task WriteAsync(TextWriter to, string? format, IReadOnlyList<ApiEnrolmentCode> codes)
    {
        if (format == "csv") return to.WriteLineAsync(EnrolmentCsv.Of(codes));

        var rows = codes.Select(one =>
            new { one.Id, one.Username, one.Upstream, enrolmentCode = one.Code, enrolmentCodeExpiresAt = one.ExpiresAt });
        return OutputFormat.WriteAsync(to, format, rows, codes is [] ? "No code was created." : $"""
            {TextTable.Of(
                ["NAME", "UPSTREAM", "ENROLMENT CODE", "VALID UNTIL"],
                codes.Select(one => (string[])
                [
                    PersonRow.Shown(one.Username), one.Upstream, one.Code, TextTable.Timestamp(one.ExpiresAt),
                ]))}
            Hand over each code in person or by a separate channel: the person needs it, together with the password,
            to set up a second factor. It works once.
            """);
    }

    private sealed record Row(string Id, string Username, string Upstream, string? MailedTo, string? EnrolmentCode,
        DateTimeOffset EnrolmentCodeExpiresAt);
}
