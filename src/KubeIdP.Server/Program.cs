using KubeIdP.Cli.Terminal;
using KubeIdP.Core.Files;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Admin;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Api;
using KubeIdP.Server.Audit;
using KubeIdP.Server.Authorize;
using KubeIdP.Server.BackChannelLogout;
using KubeIdP.Server.Branding;
using KubeIdP.Server.Clusters;
using KubeIdP.Server.Commands;
using KubeIdP.Server.DeviceCode;
using KubeIdP.Server.Diagnostics;
using KubeIdP.Server.Enrolment;
using KubeIdP.Server.Factors;
using KubeIdP.Server.Freshness;
using KubeIdP.Server.Hosting;
using KubeIdP.Server.Issuer;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Login;
using KubeIdP.Server.Logout;
using KubeIdP.Server.Mail;
using KubeIdP.Server.Onboarding;
using KubeIdP.Server.Operations;
using KubeIdP.Server.PersonalData;
using KubeIdP.Server.Reports;
using KubeIdP.Server.SelfService;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Storage;
using KubeIdP.Server.Throttling;
using KubeIdP.Server.TokenReview;
using KubeIdP.Server.Tokens;
using KubeIdP.Server.Upstreams;
using KubeIdP.Server.Web;

namespace KubeIdP.Server;

/// <summary>
/// The list of features. Each registers its services, pages and endpoints; this file decides their order where it matters.
/// </summary>
internal static class Program
{
    public static Task<int> Main(string[] args)
    {
        PrivateFiles.CloseNewFiles();
        StandardOutput.Set();
        Console.SetError(new StandardError(Console.Error));
        return CommandLine.RunAsync(args);
    }

    /// <summary>Builds the server. A test may change the builder at the end: its clock, its transport.</summary>
    public static WebApplication Build(Settings settings, Action<WebApplicationBuilder>? change = null)
    {
        var builder = Hosting.WebHost.CreateBuilder();

        builder.Services
            .AddCommon(settings)
            .AddHosting()
            .AddIssuer()
            .AddAuthorize()
            .AddUpstreamMonitors(settings.Management.IsMeasured)
            .AddPersonFreshness()
            .AddOpenEnrolmentNotice()
            .AddThrottling()
            .AddLogin()
            .AddFactors()
            .AddTokens()
            .AddTokenReview()
            .AddDeviceCode()
            .AddMailQueue()
            .AddApi()
            .AddAudit()
            .AddSelfService()
            .AddSessionPruning()
            .AddLogout()
            .AddBackChannelLogout()
            .AddErasure()
            .AddClusters()
            .AddBranding()
            .AddWeb()
            .AddOperations(settings.Management);
        builder.Services.DontLoadDataProtectionKeysEarly();
        change?.Invoke(builder);

        var app = builder.Build();

        app.UseManagement();
        app.UsePublicAddress();
        app.UseWhen(IsForPeople, people => people.UseLanguages());
        app.UseBrowserAccess();
        app.UseFailures();
        app.UseSecurityHeaders();
        app.UseSizeLimit();
        app.UsePreparedDocuments();
        app.UseWhen(IsForPeople, people => people.UseLongRedirects().UseCarriedRequests());
        app.UseStatusCodePages(ErrorPages.ShowAsync);
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();

        app.MapAuthorize();
        app.MapLogin();
        app.MapLogout();
        app.MapTokenReview();
        app.MapClusters();
        app.MapAdmin();
        app.MapApi();
        app.MapBranding();
        app.MapPages();
        return app;
    }

    /// <summary>
    /// Whether the response may be a page. Frequent requests of kubectl and API servers need no language, cookies or redirects.
    /// </summary>
    private static bool IsForPeople(HttpContext http) =>
        !(EndpointPaths.IsUnrouted(http.Request.Path) || http.Request.Path == TokenReviewSetup.Path) || http.WantsPage();

    /// <summary>Registers what every command needs, with or without the web server.</summary>
    public static IServiceCollection AddCommon(this IServiceCollection services, Settings settings) => services
        .AddSettings(settings)
        .AddClock()
        .AddStorage()
        .AddKeys()
        .AddSessions()
        .AddUpstreams(settings.Upstreams)
        .AddAccounts()
        .AddEnrolment()
        .AddFreshness()
        .AddDiagnostics()
        .AddMail()
        .AddAdmin()
        .AddAdministration()
        .AddOnboarding()
        .AddThrottleReset()
        .AddPersonalData()
        .AddReports();
}
