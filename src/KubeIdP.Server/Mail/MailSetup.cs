namespace KubeIdP.Server.Mail;

internal static class MailSetup
{
    public static IServiceCollection AddMail(this IServiceCollection services) => services.AddSingleton<Mailer>();

    /// <summary>Messages in the background, for a running server.</summary>
    public static IServiceCollection AddMailQueue(this IServiceCollection services) => services
        .AddSingleton<MailQueue>()
        .AddHostedService<MailDelivery>();
}
