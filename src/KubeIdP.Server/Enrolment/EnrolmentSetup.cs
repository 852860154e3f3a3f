namespace KubeIdP.Server.Enrolment;

/// <summary>Who may set up a first second factor: the one-time codes that administrators hand out, one by one, by a list or by mail, and the days without codes.</summary>
internal static class EnrolmentSetup
{
    public static IServiceCollection AddEnrolment(this IServiceCollection services) =>
        services.AddScoped<EnrolmentOffers>().AddSingleton<EnrolmentMail>().AddScoped<EnrolmentRollOut>();

    /// <summary>What only a running server does.</summary>
    public static IServiceCollection AddOpenEnrolmentNotice(this IServiceCollection services) => services.AddHostedService<OpenEnrolmentNotice>();
}
