using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Mail;

/// <summary>What <c>check --connect</c> finds out about the mail server of the configuration.</summary>
internal static class MailDiagnostics
{
    public static async Task<IReadOnlyList<Finding>> RunAsync(SmtpOptions smtp, IssuerUrl issuer, TimeProvider clock, CancellationToken ct)
    {
        var mailer = new Mailer(smtp, issuer, clock);
        if (!mailer.IsConfigured) return [];

        return
        [
            await mailer.TryAsync(ct) is { } trouble
                ? Finding.Wrong("smtp", trouble, "Check smtp.server, its certificate against smtp.caFile, and smtp.username with its password.")
                : Finding.Right("smtp", $"{smtp.Server} takes letters of ours"),
        ];
    }
}
