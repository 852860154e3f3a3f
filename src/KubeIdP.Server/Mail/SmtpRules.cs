using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Mail;

internal static class SmtpRules
{
    public static IEnumerable<SettingsFault> Check(SmtpOptions smtp)
    {
        if (smtp == new SmtpOptions()) yield break;

        if (smtp.Server is null)
            yield return new("smtp.server", "No mail server is named.", "Give one, such as smtp://mail.corp.example, or remove smtp.");
        else if (SmtpAddress.Parse(smtp.Server) is null)
            yield return new("smtp.server", $"\"{smtp.Server}\" is not the URL of a mail server.", "Write smtp://HOST or smtps://HOST, with :PORT where it is not the usual one, and nothing behind.");

        if (smtp.From is null || EmailMessage.AddressOf(smtp.From) is null)
            yield return new("smtp.from", smtp.From is null ? "It is not said whom letters are from." : $"\"{smtp.From}\" is not an address.", "Write it as in KubeIdP <kubeidp@corp.example>.");

        if (smtp.Username is null && (smtp.PasswordFile ?? smtp.Password) is not null)
            yield return new("smtp.username", "There is a password, and no account that it is of.", "Give smtp.username, or remove the password.");
        if (smtp is { Username: not null, PasswordFile: null, Password: null })
            yield return new("smtp.passwordFile", "The account has no password.", "Write its password into a file and name that here.");
        if (smtp is { PasswordFile: not null, Password: not null })
            yield return new("smtp.password", "The password of the account is given twice.", "Keep smtp.passwordFile.");

        foreach (var fault in FileRules.Readable("smtp.passwordFile", smtp.PasswordFile)) yield return fault;
        foreach (var fault in FileRules.Authorities("smtp.caFile", smtp.CaFile)) yield return fault;
    }
}
