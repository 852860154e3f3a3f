namespace KubeIdP.Server.Diagnostics;

/// <summary>Checks of a configuration against the live systems that it names. They change nothing.</summary>
internal static class DiagnosticsSetup
{
    public static IServiceCollection AddDiagnostics(this IServiceCollection services) => services.AddScoped<LoginPreview>();
}
