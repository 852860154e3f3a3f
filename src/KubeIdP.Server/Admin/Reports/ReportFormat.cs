using KubeIdP.Cli.Terminal;

namespace KubeIdP.Server.Admin.Reports;

/// <summary>The format of a saved report.</summary>
internal enum ReportFormat
{
    Csv,
    Json,
}
