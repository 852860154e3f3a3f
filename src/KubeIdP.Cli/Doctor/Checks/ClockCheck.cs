using KubeIdP.Cli.Doctor.Facts;

namespace KubeIdP.Cli.Doctor.Checks;

/// <summary>
/// Whether this machine's clock agrees with the servers'. A token lives for a minute, <c>exp</c> has no leeway at API servers, and
/// kubelogin uses a token until its end by this machine's clock.
/// </summary>
internal static class ClockCheck
{
    public static readonly TimeSpan Warned = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan Refused = TimeSpan.FromSeconds(20);

    private const string OwnFix = "Set the clock of this machine by NTP: timedatectl set-ntp true (Windows: w32tm /resync).";

    public static Finding Decide(Verdicts verdicts) => Finding.Of(CheckNumber.Clock, "clock", [.. Judge(verdicts)]);

    /// <summary>
    /// How far the server's clock is ahead of this machine's, as little as the answer allows: it was written somewhere between question and
    /// answer, and the header leaves out fractions of a second. Null if it has no such header.
    /// </summary>
    public static TimeSpan? Ahead(HttpFacts answer)
    {
        if (answer.Date is not { } date) return null;

        var (least, highest) = (date - (answer.SentAt + answer.RoundTrip), date.AddSeconds(1) - answer.SentAt);
        return least > TimeSpan.Zero ? least : highest < TimeSpan.Zero ? highest : TimeSpan.Zero;
    }

    private static IEnumerable<Observation> Judge(Verdicts verdicts)
    {
        var evidence = verdicts.Evidence;
        if (verdicts.SkippedWithout(evidence.Issuer) is { } skipped) yield return skipped;
        else yield return Compare(evidence.Issuer, evidence.Issuer.Answer!, evidence.ApiServer);

        if (evidence.ApiServer?.Answer is { } answer) yield return Compare(evidence.ApiServer, answer, evidence.Issuer);

        // The times in tokens come from the clock of the issuer's database.
        if (FromToken(evidence) is { } fromToken) yield return fromToken;
    }

    /// <param name="other">The other server: where it agrees with this machine, this machine is probably right.</param>
    private static Observation Compare(TargetFacts target, HttpFacts answer, TargetFacts? other)
    {
        if (Ahead(answer) is not { } ahead) return Observation.Skipped($"{Sentence.Start(target.Name)} does not say what time it is.");

        return Grade(ahead,
            $"This machine's clock is {Sentence.Duration(ahead)} {(ahead > TimeSpan.Zero ? "behind" : "ahead of")} the clock of "
            + $"{target.Name}.",
            other?.Answer is { } witness && Ahead(witness)?.Duration() < Warned
                ? $"This machine agrees with {other.Name}, so an administrator should run NTP on the machine of {target.Name}."
                : OwnFix) ?? Observation.Ok($"This machine and {target.Name} agree to {Sentence.Duration(Warned)}.");
    }

    private static Observation? FromToken(Evidence evidence)
    {
        if (evidence.Token.Claims?.IssuedAt is not { } issued) return null;

        // It was issued between question and answer. How old one in a file is, may be unknown; but none is from the future.
        var ahead = issued - (evidence.Token.ReceivedAt ?? evidence.Now);
        if (ahead < TimeSpan.Zero)
        {
            ahead = evidence.Token.AskedAt is { } asked ? issued.AddSeconds(1) - asked : TimeSpan.Zero;
            if (ahead > TimeSpan.Zero) ahead = TimeSpan.Zero;
        }

        // The rest of what it differs by is the same as that of the issuer's header, and was said there.
        var said = evidence.Issuer.Answer is { } answer ? Ahead(answer) ?? TimeSpan.Zero : TimeSpan.Zero;
        return Grade(ahead - said,
            $"The token was issued {Sentence.Duration(ahead)} {(ahead > TimeSpan.Zero ? "in the future" : "before it was asked for")} "
            + "by this machine's clock, more than the issuer's own clock explains.",
            "If this machine's clock is right, an administrator must run NTP on the machine of the issuer's database.");
    }

    private static Observation? Grade(TimeSpan difference, string what, string fix) => difference.Duration() switch
    {
        var size when size >= Refused => Observation.Wrong(what, fix),
        var size when size >= Warned => Observation.Warning(what, fix),
        _ => null,
    };
}
