namespace KubeIdP.Server.Hosting;

/// <summary>One line of <c>check</c>.</summary>
/// <param name="Subject">What was looked at, in a word or two.</param>
/// <param name="Ok">Whether the server works with it.</param>
/// <param name="What">How it is.</param>
/// <param name="Mend">What to do about it, also where it works and is doubtful; null when nothing needs doing, or when <paramref name="What"/> says it.</param>
internal sealed record Finding(string Subject, bool Ok, string What, string? Mend)
{
    public static Finding Right(string subject, string what) => new(subject, Ok: true, what, Mend: null);

    public static Finding Doubtful(string subject, string what, string mend) => new(subject, Ok: true, what, mend);

    public static Finding Wrong(string subject, string what, string? mend) => new(subject, Ok: false, what, mend);
}
