using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace KubeIdP.Cli.Doctor.Facts;

/// <summary>What the API server counts about how it signs people in.</summary>
/// <param name="Status">Of HTTP; null if it did not answer.</param>
/// <param name="Series">Those of authentication alone.</param>
internal sealed record MetricsFacts(int? Status, IReadOnlyList<MetricSeries> Series)
{
    /// <summary>How the names begin that are of interest.</summary>
    public const string Prefix = "apiserver_authentication_";

    /// <summary>The hash by which metrics name an issuer.</summary>
    public static string HashOf(string issuer) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(issuer)))}";

    /// <summary>The highest value of a metric with these labels; null if there is none.</summary>
    public double? Value(string name, params ReadOnlySpan<(string Label, string Value)> labels)
    {
        double? highest = null;
        foreach (var series in Series)
        {
            if (series.Name == name && series.Has(labels) && (highest is null || series.Value > highest)) highest = series.Value;
        }

        return highest;
    }
}

/// <summary>A line of the Prometheus text format.</summary>
internal sealed record MetricSeries(string Name, IReadOnlyDictionary<string, string> Labels, double Value)
{
    /// <summary>Null if it is none. Values of labels with escapes are read as they are written.</summary>
    public static MetricSeries? Read(string line)
    {
        if (line.StartsWith('#') || line.LastIndexOf(' ') is not (> 0 and var space)
            || !double.TryParse(line[(space + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out var value)) return null;

        var (open, labels) = (line.IndexOf('{', StringComparison.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal));
        if (open < 0) return new MetricSeries(line[..space].Trim(), labels, value);

        for (var at = open + 1; line.IndexOf("=\"", at, StringComparison.Ordinal) is >= 0 and var equals;)
        {
            var end = line.IndexOf('"', equals + 2);
            if (end < 0) return null;

            labels[line[at..equals].Trim(',', ' ')] = line[(equals + 2)..end];
            at = end + 1;
        }

        return new MetricSeries(line[..open], labels, value);
    }

    public bool Has(ReadOnlySpan<(string Label, string Value)> labels)
    {
        foreach (var (label, value) in labels)
            if (!Labels.TryGetValue(label, out var own) || own != value) return false;
        return true;
    }
}
