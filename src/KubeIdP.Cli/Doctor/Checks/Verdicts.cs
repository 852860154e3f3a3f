using KubeIdP.Cli.Doctor.Facts;

namespace KubeIdP.Cli.Doctor.Checks;

/// <summary>
/// The evidence with the findings so far. A check asks here whether an earlier fault explains what it sees: then it is skipped and names
/// that fault, so that one fault is one finding.
/// </summary>
internal sealed class Verdicts(Evidence evidence)
{
    private readonly Dictionary<int, Finding> findings = [];

    public Evidence Evidence => evidence;

    public IReadOnlyList<Finding> Findings => [.. findings.Values.OrderBy(finding => finding.Number)];

    public void Add(Finding finding) => findings.Add(finding.Number, finding);

    public bool IsWrong(int number) => findings.TryGetValue(number, out var finding) && finding.IsWrong;

    /// <summary>The skipped observation if one of these checks found a fault, the first of them; null if none did.</summary>
    public Observation? SkippedFor(params ReadOnlySpan<int> numbers)
    {
        foreach (var number in numbers)
            if (IsWrong(number)) return Observation.Skipped($"Not judged until check {number} ({findings[number].Check}) is right.");
        return null;
    }

    /// <summary>Why a server has not answered, as a skipped observation; null if it has.</summary>
    public Observation? SkippedWithout(TargetFacts target) => target.Answer is not null ? null
        : SkippedFor(
            target.Proxy?.Fault is not null ? CheckNumber.Proxy : target.Host.Fault is not null ? CheckNumber.Dns : CheckNumber.Tls)
            ?? Observation.Skipped($"{Sentence.Start(target.Name)} did not answer.");
}
