using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using KubeIdP.Cli.Terminal;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Admin.Reports;

/// <summary>A report to save. It is written row by row while the database is read, so its size is not limited by memory.</summary>
/// <param name="name">The name of the file, without extension.</param>
/// <param name="cells">The cells of a row, in the order of <paramref name="columns"/>.</param>
internal sealed class ReportFile<T>(string name, ReportFormat format, IAsyncEnumerable<T> rows, IReadOnlyList<string> columns,
    Func<T, IEnumerable<string?>> cells) : IActionResult
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    public async Task ExecuteResultAsync(ActionContext context)
    {
        var (response, ct) = (context.HttpContext.Response, context.HttpContext.RequestAborted);
        response.ContentType = format == ReportFormat.Csv ? "text/csv; charset=utf-8; header=present" : "application/json; charset=utf-8";
        response.Headers.ContentDisposition = $"attachment; filename=\"{name}.{(format == ReportFormat.Csv ? "csv" : "json")}\"";
        if (format == ReportFormat.Json)
        {
            await JsonSerializer.SerializeAsync(response.Body, rows, Json, ct);
            return;
        }

        await response.Body.WriteAsync(Encoding.UTF8.GetBytes($"{Csv.Line(columns)}\r\n"), ct);
        await foreach (var row in rows.WithCancellation(ct))
            await response.Body.WriteAsync(Encoding.UTF8.GetBytes($"{Csv.Line(cells(row))}\r\n"), ct);
    }
}
