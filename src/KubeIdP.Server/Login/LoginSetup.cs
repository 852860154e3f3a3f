namespace KubeIdP.Server.Login;

/// <summary>
/// The first proof of a login: the password form, or the way to an upstream with a sign-in page of its own and back. It ends with the proof
/// in the login's cookie and a redirect back to the authorization request, which decides the next step.
/// </summary>
internal static class LoginSetup
{
    public static IServiceCollection AddLogin(this IServiceCollection services) => services
        .AddSingleton<PasswordTimes>()
        .AddSingleton<FirstProofOutcome>()
        .AddScoped<PasswordCheck>()
        .AddScoped<PasswordLogin>()
        .AddScoped<ProofLinker>()
        .AddScoped<RedirectLogin>()
        .AddHostedService<WarmUp>();

    // GET alone: a HEAD would use up the attempt.
    public static void MapLogin(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(RedirectLogin.BeginPath,
            (HttpContext http, string upstream, RedirectLogin login, CancellationToken ct) => login.BeginAsync(http, upstream, ct));
        routes.MapGet(RedirectLogin.CallbackPath,
            (HttpContext http, string upstream, RedirectLogin login, CancellationToken ct) => login.CompleteAsync(http, upstream, ct));
    }
}
