using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Mail;

/// <summary>The checks of <c>check --connect</c> for the configured mail server.</summary>
internal static class MailDiagnostics
{
    public static async Task<IReadOnlyList<Finding>> RunAsync(SmtpOptions smtp, IssuerUrl issuer, TimeProvider clock, CancellationToken ct)
    {
        var mailer = new Mailer(smtp, issuer, clock);
        if (!mailer.IsConfigured) return [];

        return
        [
            await mailer.TryAsync(ct) is { } error
                ? Finding.Wrong("smtp", error,
                    "Check smtp.server, its certificate against smtp.caFile, and smtp.username with its password.")
                : Finding.Right("smtp", $"{smtp.Server} accepts email messages from this server"),
        ];
    }
}
