using System.CommandLine;
using System.Text.Json.Nodes;
using KubeIdP.Cli.Api;
using KubeIdP.Cli.Terminal;

namespace KubeIdP.Cli.Administration;

/// <summary>Creates enrolment codes for one person or many, of a directory or local, who may never have signed in here.</summary>
internal static class PeopleEnrolCommand
{
    public static Command Create(IVerbHost host)
    {
        var names = new Argument<string[]>("NAME") { Description = "The user names, as people type them.",
            Arity = ArgumentArity.OneOrMore };
        var upstream =
            new Option<string?>(
                "--upstream") { Description = "The upstream of the accounts; needed when several upstreams have the same user name." };
        var output = OutputFormat.Option(OutputFormat.Csv);
        var mail = new Option<bool>(
            "--mail") { Description = "Email each code to the address that the person has in the directory, instead of printing it." };

        var reason = ReasonOption.Create();
        var enrol = new Command("enrol",
            "Create one-time codes with which people set up their first second factor. People who have never signed in here are looked "
            + "up in their directory.") { names, upstream, mail, output };
        enrol.AddReason(reason, host);
        enrol.SetPrivateAction((parsed, to, ct) => host.AdministerAsync(parsed, async administration =>
        {
            var people = new EnrolBody(
                parsed.GetValue(names)!, parsed.GetValue(reason)!, parsed.GetValue(upstream), parsed.GetValue(mail));
            return await PrintAsync(to, parsed.GetValue(output), parsed.GetValue(mail), await administration.EnrolAsync(people, ct));
        }, ct));
        return enrol.With(
            $"people enrol alice bob{host.Why("new colleagues")}",
            $"people enrol alice bob --output csv --file codes.csv{host.Why("new colleagues")}");
    }

    private static async Task<int> PrintAsync(TextWriter to, string? format, bool mailed, ApiEnrolmentCodes answer)
    {
        foreach (var why in answer.Refused) await Console.Error.WriteLineAsync(why);
        foreach (var code in answer.Codes.Where(code => code.NotMailed is not null))
            await Console.Error.WriteLineAsync($"{code.Username}: the email was not sent. {code.NotMailed}");
        if (format == OutputFormat.Csv) await to.WriteLineAsync(EnrolmentCsv.Of(answer.Codes));
        else await (mailed ? WriteMailedAsync(to, format, answer) : WriteAsync(to, format, answer.Codes));
        return answer.Refused is [] && answer.Codes.All(code => code.NotMailed is null) ? 0 : ExitCode.NotDone;
    }

    /// <summary>A code that was mailed is not printed; one that could not be mailed is printed, to be handed over.</summary>
    private static Task WriteMailedAsync(TextWriter to, string? format, ApiEnrolmentCodes answer)
    {
        List<Row> rows =
        [
            .. answer.Mailed.Select(one => new Row(one.Id, one.Username, one.Upstream, one.Address, EnrolmentCode: null, one.ExpiresAt)),
            .. answer.Codes.Select(one => new Row(one.Id, one.Username, one.Upstream, MailedTo: null, one.Code, one.ExpiresAt)),
        ];
        var json = new JsonArray([.. rows.Select(row => new JsonObject
        {
            ["id"] = row.Id, ["username"] = row.Username, ["upstream"] = row.Upstream, ["mailedTo"] = row.MailedTo,
            ["enrolmentCode"] = row.EnrolmentCode, ["enrolmentCodeExpiresAt"] = row.EnrolmentCodeExpiresAt,
        })]);
        return OutputFormat.WriteAsync(to, format, json, rows.Select(row => row.Username),
            width => rows is [] ? "No code was created." : TextTable.Of(width,
                ["NAME", "UPSTREAM", "MAILED TO", "CODE TO HAND OVER", "VALID UNTIL"],
                rows.Select(row =>
                    (string[])[PersonRow.Shown(row.Username), row.Upstream, row.MailedTo ?? "-", row.EnrolmentCode ?? "-",
                        TextTable.Timestamp(row.EnrolmentCodeExpiresAt)])));
    }

    private static Task WriteAsync(TextWriter to, string? format, IReadOnlyList<ApiEnrolmentCode> codes)
    {
        var json = new JsonArray([.. codes.Select(one => new JsonObject
        {
            ["id"] = one.Id, ["username"] = one.Username, ["upstream"] = one.Upstream, ["enrolmentCode"] = one.Code,
            ["enrolmentCodeExpiresAt"] = one.ExpiresAt,
        })]);
        return OutputFormat.WriteAsync(to, format, json, codes.Select(one => one.Username), _ => codes is [] ? "No code was created." : $"""
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
