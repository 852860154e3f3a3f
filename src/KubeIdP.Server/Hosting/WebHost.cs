using KubeIdP.Server.Hosting.Tls;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace KubeIdP.Server.Hosting;

/// <summary>
/// Where and how requests come in: listeners, TLS, limits, the public address, and what becomes of whatever is thrown. Knows no feature.
/// </summary>
internal static class WebHost
{
    /// <summary>Nothing that we are sent is larger: forms of a few fields, headers with a handful of sealed cookies.</summary>
    private const int MaxBodyBytes = 64 * 1024;

    public static WebApplicationBuilder CreateBuilder(Settings settings)
    {
        // The empty builder reads no appsettings.json and no ASPNETCORE_ variables: what counts is our own configuration alone.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(WebHost).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Environments.Production,
        });
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Information)
            .AddFilter("Microsoft", LogLevel.Warning).AddFilter("OpenIddict", LogLevel.Warning).AddFilter("System", LogLevel.Warning);

        // Below Warning these print codes, tokens and whole query strings. The longest name wins: they stay silent when somebody raises the level of all.
        builder.Logging.AddFilter("OpenIddict.Server.OpenIddictServerDispatcher", LogLevel.Warning).AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel((_, kestrel) => Configure(kestrel, settings));
        return builder;
    }

    public static IServiceCollection AddHosting(this IServiceCollection services)
    {
        services.AddSingleton<PublicAddress>().AddSingleton<Failures>();
        services.AddSingleton(provider => ServerCertificates.For(
            provider.GetRequiredService<Settings>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ServerCertificates>>()));
        services.AddRouting();
        services.Configure<FormOptions>(form =>
        {
            form.ValueCountLimit = 64;
            form.KeyLengthLimit = 256;
            form.ValueLengthLimit = MaxBodyBytes;
            form.BufferBodyLengthLimit = MaxBodyBytes;
        });
        return services;
    }

    public static void UseHosting(this WebApplication app)
    {
        app.Use(next => http => app.Services.GetRequiredService<Failures>().GuardAsync(http, next));
        app.Use(next => http => app.Services.GetRequiredService<PublicAddress>().ApplyAsync(http, next));
    }

    private static void Configure(KestrelServerOptions kestrel, Settings settings)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
        kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
        kestrel.Limits.MaxRequestLineSize = 8 * 1024;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(90);

        foreach (var address in settings.Listen.Select(ListenAddress.Parse))
        {
            if (address.Address is { } ip) kestrel.Listen(ip, address.Port, Listener);
            else if (address.IsWildcard) kestrel.ListenAnyIP(address.Port, Listener);
            else kestrel.ListenLocalhost(address.Port, Listener);

            void Listener(ListenOptions listener)
            {
                if (address.IsHttps) listener.UseHttps(kestrel.ApplicationServices.GetRequiredService<ServerCertificates>().HandshakeOptions());
            }
        }
    }
}
