using KubeIdP.Data.Reports;

namespace KubeIdP.Server.Reports;

/// <summary>What auditors ask for, as rows for pages, files and scripts.</summary>
internal static class ReportsSetup
{
    public static IServiceCollection AddReports(this IServiceCollection services) => services
        .AddSingleton<ReportStore>()
        .AddSingleton<PeopleReport>()
        .AddSingleton<ClientReport>();
}
