namespace KubeIdP.Server.Enrolment;

/// <summary>
/// Controls who may set up a first second factor: with one-time codes from administrators (single, as a list or by mail), or without codes
/// while enrolment is open.
/// </summary>
internal static class EnrolmentSetup
{
    public static IServiceCollection AddEnrolment(this IServiceCollection services) => services
        .AddScoped<EnrolmentOffers>()
        .AddSingleton<EnrolmentMail>()
        .AddScoped<EnrolmentRollOut>();

    /// <summary>The jobs of a running server.</summary>
    public static IServiceCollection AddOpenEnrolmentNotice(this IServiceCollection services) =>
        services.AddHostedService<OpenEnrolmentNotice>();
}
