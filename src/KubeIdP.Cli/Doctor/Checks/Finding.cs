namespace KubeIdP.Cli.Doctor.Checks;

/// <summary>The result of one check.</summary>
/// <param name="Number">From 1 to 13; it never changes, so that people can name it.</param>
/// <param name="What">One or several sentences, without secrets.</param>
/// <param name="Fix">What to do; null if nothing is to be done.</param>
internal sealed record Finding(int Number, string Check, FindingStatus Status, string What, string? Fix = null)
{
    public bool IsWrong => Status is FindingStatus.Wrong;

    /// <summary>One finding of several observations: the worst decides, and the others are left out where something is wrong.</summary>
    public static Finding Of(int number, string check, IReadOnlyList<Observation> observations)
    {
        var worst = observations.Max(one => one.Status);

        var shown = worst is FindingStatus.Wrong or FindingStatus.Warning
            ? [.. from one in observations where one.Status >= FindingStatus.Warning orderby one.Status descending select one]
            : observations;
        var fixes = shown.Select(one => one.Fix).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        return new Finding(
            number, check, worst, string.Join(' ', shown.Select(one => one.What)), fixes is [] ? null : string.Join('\n', fixes));
    }
}

/// <summary>Ordered: what is more is worse.</summary>
internal enum FindingStatus
{
    /// <summary>It could not be judged; the finding says why.</summary>
    Skipped,

    Ok,

    /// <summary>It works, and may not always.</summary>
    Warning,

    /// <summary>It keeps somebody out.</summary>
    Wrong,
}

/// <summary>A part of a check, such as one of two servers.</summary>
internal sealed record Observation(FindingStatus Status, string What, string? Fix = null)
{
    public static Observation Ok(string what) => new(FindingStatus.Ok, what);

    public static Observation Warning(string what, string fix) => new(FindingStatus.Warning, what, fix);

    public static Observation Wrong(string what, string fix) => new(FindingStatus.Wrong, what, fix);

    /// <param name="what">Why it can't be judged.</param>
    /// <param name="fix">What to do so that it can; null if another finding says that.</param>
    public static Observation Skipped(string what, string? fix = null) => new(FindingStatus.Skipped, what, fix);
}
