using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using KubeIdP.Cli.Doctor.Checks;
using KubeIdP.Cli.Network;

namespace KubeIdP.Cli.Doctor;

/// <summary>The findings as text or as JSON.</summary>
internal static class DoctorOutput
{
    private const string Indent = "         ";

    /// <summary>A line each, and the fix below it.</summary>
    public static string Text(IReadOnlyList<Finding> findings)
    {
        var text = new StringBuilder();
        foreach (var finding in findings)
        {
            text.Append(CultureInvariant($"{NameOf(finding.Status),-7}  {finding.Number,2} {finding.Check}: {Plain.Text(finding.What)}\n"));
            foreach (var line in (finding.Fix ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
                text.Append(CultureInvariant($"{Indent}   → {Plain.Text(line)}\n"));
        }

        var wrong = findings.Count(finding => finding.IsWrong);
        var skipped = findings.Count(finding => finding.Status is FindingStatus.Skipped);
        return text.Append(wrong > 0 ? $"{wrong} of {findings.Count} checks found what is wrong." : "Nothing wrong was found.")
            .Append(skipped > 0 ? $" {skipped} could not be judged." : "").ToString();
    }

    public static string Json(IReadOnlyList<Finding> findings) => JsonSerializer.Serialize(
        [.. findings.Select(one => new FindingRow(one.Number, one.Check, NameOf(one.Status), Plain.Text(one.What), FixOf(one)))],
        DoctorJson.Default.FindingRowArray);

    private static string? FixOf(Finding finding) =>
        finding.Fix is null ? null : string.Join('\n', finding.Fix.Split('\n').Select(Plain.Text));

    private static string CultureInvariant(FormattableString text) => FormattableString.Invariant(text);

    private static string NameOf(FindingStatus status) => status switch
    {
        FindingStatus.Ok => "ok",
        FindingStatus.Warning => "warning",
        FindingStatus.Wrong => "wrong",
        _ => "skipped",
    };
}

/// <summary>A finding for scripts.</summary>
/// <param name="Status">ok, warning, wrong or skipped.</param>
internal sealed record FindingRow(int Number, string Check, string Status, string What, string? Fix);

/// <summary>The findings as JSON, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(FindingRow[]))]
internal sealed partial class DoctorJson : JsonSerializerContext;
