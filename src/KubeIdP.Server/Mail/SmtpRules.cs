using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Mail;

internal static class SmtpRules
{
    public static IEnumerable<SettingsFault> Check(SmtpOptions smtp)
    {
        if (smtp == new SmtpOptions()) yield break;

        if (smtp.Server is null)
            yield return new("smtp.server", "The mail server is missing.", "Give one, such as smtp://mail.corp.example, or remove smtp.");
        else if (SmtpAddress.Parse(smtp.Server) is null)
            yield return new("smtp.server", $"\"{smtp.Server}\" is not the URL of a mail server.",
                "Write smtp://HOST or smtps://HOST, with :PORT if it is not the usual one, and nothing after it.");

        if (smtp.From is null || EmailMessage.AddressOf(smtp.From) is null)
            yield return new("smtp.from", smtp.From is null ? "The sender address is missing." : $"\"{smtp.From}\" is not an address.",
                "Write it as in KubeIdP <kubeidp@corp.example>.");

        if (smtp.Username is null && (smtp.PasswordFile ?? smtp.Password) is not null)
            yield return new("smtp.username", "There is a password but no user name.", "Set smtp.username, or remove the password.");
        if (smtp is { Username: not null, PasswordFile: null, Password: null })
            yield return new("smtp.passwordFile", "There is a user name but no password.",
                "Write the password into a file and name that file here.");
        if (smtp is { PasswordFile: not null, Password: not null })
            yield return new("smtp.password", "The password of the account is given twice.", "Keep smtp.passwordFile.");

        foreach (var fault in FileRules.Readable("smtp.passwordFile", smtp.PasswordFile)) yield return fault;
        foreach (var fault in FileRules.Authorities("smtp.caFile", smtp.CaFile)) yield return fault;
    }
}
