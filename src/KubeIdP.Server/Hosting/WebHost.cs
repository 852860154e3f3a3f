using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using KubeIdP.Core.Network;
using KubeIdP.Server.Runtime;
using KubeIdP.Server.Storage;
using KubeIdP.Server.Tls;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Net.Http.Headers;

namespace KubeIdP.Server.Hosting;

/// <summary>
/// How requests are received: listeners, TLS, limits, the public address, and the handling of exceptions. It knows no feature.
/// </summary>
internal static class WebHost
{
    /// <summary>The maximum size of a request body; forms have only a few fields.</summary>
    private const int MaxBodyBytes = 64 * 1024;

    public static WebApplicationBuilder CreateBuilder()
    {
        // The empty builder reads no appsettings.json and no ASPNETCORE_ variables, because only the server's own configuration applies.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(WebHost).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Environments.Production,
        });
        AddConsole(builder.Logging);
        builder.Logging.SetMinimumLevel(LogLevel.Information)
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("OpenIddict", LogLevel.Warning)
            .AddFilter("System", LogLevel.Warning);

        // Below Warning these print codes, tokens and whole query strings. The longest prefix applies, so these stay silent even if the
        // general level is raised.
        builder.Logging.AddFilter("OpenIddict.Server.OpenIddictServerDispatcher", LogLevel.Warning)
            .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);

        // The host would log a failed start with its stack trace, in addition to the message that is printed.
        var startup = new StartupState();
        builder.Services.AddSingleton(startup);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => startup.IsComplete && level >= LogLevel.Warning);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel((_, kestrel) => Configure(kestrel));
        return builder;
    }

    public static IServiceCollection AddHosting(this IServiceCollection services)
    {
        services.AddSingleton<PublicAddress>();
        services.AddSingleton<OutageReport>();
        services.AddSingleton<Failures>();
        services.AddSingleton<FailedForms>();
        services.AddSingleton<ConnectionLimit>();
        services.AddSingleton<FirstRequest>();
        services.AddInstruments<Oversize>();
        services.AddHostedService<ClockReading>();
        services.AddSingleton<IConnectionListenerFactory, LimitedListeners>();
        services.AddSingleton<JobServices>();
        services.AddSingleton(provider => new ServiceNotifier(
            Environment.GetEnvironmentVariable(ServiceNotifier.Variable), provider.GetRequiredService<ILogger<ServiceNotifier>>()));

        // A job retries what failed (BackgroundJob). A hosted service that fails nevertheless, such as one of a library, must not stop the
        // server.
        services.Configure<HostOptions>(host => host.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.Ignore);
        services.AddSingleton<LocalAuthority>();
        services.AddSingleton(provider => ServerCertificates.For(
            provider.GetRequiredService<TlsOptions>(), provider.GetRequiredService<LocalAuthority>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ServerCertificates>>()));
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

    /// <summary>Must run before anything reads the address of the request or of the client.</summary>
    public static void UsePublicAddress(this WebApplication app)
    {
        if (app.Services.GetRequiredService<TrustedProxies>().Ranges is not [] and var proxies)
            app.UseForwardedHeaders(ForwardedFrom(proxies));
        app.Use(next => http => RequestInfo.MakeAddressCanonicalAsync(http, next));
        app.Use(next => http => FirstRequest.ReceivedAsync(http, next));
        app.Use(next => http => app.Services.GetRequiredService<PublicAddress>().ApplyAsync(http, next));
    }

    public static IApplicationBuilder UseFailures(this WebApplication app) => app
        .Use(next => http => app.Services.GetRequiredService<Failures>().InvokeAsync(http, next))
        .Use(next => http => BodyType.CheckAsync(http, next));

    // Uses the application's services: a service scope would be created for each request, which prepared documents do not need.
    public static IApplicationBuilder UseSizeLimit(this WebApplication app) =>
        app.Use(next => http => app.Services.GetRequiredService<Oversize>().InvokeAsync(http, next));

    /// <summary>
    /// Plain lines on a terminal; otherwise one JSON object per line for log collectors, with the reference of its request.
    /// </summary>
    private static void AddConsole(ILoggingBuilder logging)
    {
        // The reader of standard output may hang. Then messages are dropped and counted; by default every request would wait until its
        // message is written.
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite);
        if (!Console.IsOutputRedirected)
        {
            logging.AddSimpleConsole(console => console.SingleLine = true);
            return;
        }

        logging.AddJsonConsole(console =>
        {
            console.IncludeScopes = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            console.JsonWriterOptions = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        });
    }

    /// <summary>
    /// Only the client's address is taken from proxies: scheme and host are always the issuer's. In a chain of trusted proxies each entry
    /// is evaluated in turn.
    /// </summary>
    private static ForwardedHeadersOptions ForwardedFrom(IReadOnlyList<AddressRange> proxies)
    {
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in proxies) options.KnownIPNetworks.Add(proxy.Network);
        return options;
    }

    private static void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;

        // A service on another port of this host may have set cookies with any bytes (RFC 6265 §5.4), and Kestrel would refuse cookies that
        // are not UTF-8 before any code of ours runs. Our own cookies are ASCII.
        kestrel.RequestHeaderEncodingSelector = name =>
            name.Equals(HeaderNames.Cookie, StringComparison.OrdinalIgnoreCase) ? Encoding.Latin1 : null;

        // Much more than the server accepts, so that a request that is too large gets an explanation, and a browser with too many cookies a
        // response that removes some (Oversize).
        kestrel.Limits.MaxRequestHeadersTotalSize = 128 * 1024;
        kestrel.Limits.Http2.MaxRequestHeaderFieldSize = 128 * 1024;
        kestrel.Limits.MaxRequestLineSize = 32 * 1024;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(90);

        var services = kestrel.ApplicationServices;
        foreach (var address in services.GetRequiredService<ListenUrls>().Addresses)
        {
            Listen(kestrel, address, listener =>
            {
                listener.Use(services.GetRequiredService<ConnectionLimit>().HoldAsync);
                listener.Use(services.GetRequiredService<FirstRequest>().ExpectAsync);
                if (address.IsHttps) listener.UseHttps(ServerCertificates.HandshakeOptions(services));
            });
        }

        if (services.GetRequiredService<ManagementOptions>().Listen is not { } management) return;
        Listen(kestrel, ListenAddress.Parse(management), listener =>
        {
            listener.Use(services.GetRequiredService<ConnectionLimit>().HoldAsync);
            listener.MarkAsManagement();
        });
    }

    private static void Listen(KestrelServerOptions kestrel, ListenAddress address, Action<ListenOptions> configure)
    {
        if (address.Address is { } ip) kestrel.Listen(ip, address.Port, configure);
        else if (address.IsWildcard) kestrel.ListenAnyIP(address.Port, configure);
        else kestrel.ListenLocalhost(address.Port, configure);
    }
}
