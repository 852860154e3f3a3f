using System.Globalization;
using KubeIdP.Cli.Doctor.Facts;

namespace KubeIdP.Cli.Doctor.Checks;

/// <summary>What the API server itself counts: a rejected configuration file, keys that it can't fetch.</summary>
internal static class ApiServerCheck
{
    private const string Reloads = $"{MetricsFacts.Prefix}config_controller_automatic_reloads_total";
    private const string ReloadTime = $"{MetricsFacts.Prefix}config_controller_automatic_reload_last_timestamp_seconds";
    private const string Requests = $"{MetricsFacts.Prefix}jwt_authenticator_latency_seconds_count";
    private const string FetchTime = $"{MetricsFacts.Prefix}jwt_authenticator_jwks_fetch_last_timestamp_seconds";

    public static Finding Decide(Verdicts verdicts) => Finding.Of(CheckNumber.ApiServer, "api server", [.. Judge(verdicts)]);

    private static IEnumerable<Observation> Judge(Verdicts verdicts)
    {
        var evidence = verdicts.Evidence;
        if ((verdicts.SkippedFor(CheckNumber.Audience) ?? AudienceCheck.SkippedFor(verdicts)) is { } skipped) return [skipped];

        return evidence.Metrics switch
        {
            null or { Status: null } => [Observation.Skipped("Its metrics could not be read in time.")],
            { Status: 401 or 403 } => [Observation.Skipped("You may not read its metrics, as most people: this check is for "
                + "administrators.")],
            { Status: 200 } metrics => Counted(metrics, evidence.Subject.Issuer),
            { Status: var status } => [Observation.Skipped($"It answered with status {status} instead of metrics.")],
        };
    }

    private static IEnumerable<Observation> Counted(MetricsFacts metrics, string issuer)
    {
        yield return Reload(metrics);
        if (Keys(metrics, issuer) is { } keys) yield return keys;
        yield return Tokens(metrics, issuer);
    }

    private static Observation Reload(MetricsFacts metrics)
    {
        if (metrics.Value(Reloads, ("status", "failure")) is not (> 0 and var failures))
            return Observation.Ok("No reload of its authentication configuration has failed.");

        var (failed, succeeded) = (metrics.Value(ReloadTime, ("status", "failure")), metrics.Value(ReloadTime, ("status", "success")));
        return succeeded > failed
            ? Observation.Ok("Its authentication configuration was rejected earlier, and the present one is in force.")
            : Observation.Wrong(
                $"It has rejected its authentication configuration {Sentence.Count((int)failures, "time")}"
                + $"{(failed is { } at ? $", last at {Time(at)}" : "")}, and works with an older one.",
                "An administrator looks for the error in its log, and corrects the file of --authentication-config. It would not "
                + "start with this file.");
    }

    private static Observation? Keys(MetricsFacts metrics, string issuer)
    {
        var hash = MetricsFacts.HashOf(issuer);
        var failed = metrics.Value(FetchTime, ("jwt_issuer_hash", hash), ("result", "failure"));
        var succeeded = metrics.Value(FetchTime, ("jwt_issuer_hash", hash), ("result", "success"));
        return (failed, succeeded) switch
        {
            ({ } at, var before) when before is null || before < at => Observation.Wrong(
                $"It could not fetch the keys of the issuer at {Time(at)}"
                + $"{(before is { } last ? $", and has those of {Time(last)}." : ", and has none.")}",
                "An administrator lets the API server reach the issuer (network, DNS, certificate authority in its configuration)."),
            (_, { } at) => Observation.Ok($"It fetched the keys of the issuer last at {Time(at)}."),
            _ => null,
        };
    }

    private static Observation Tokens(MetricsFacts metrics, string issuer)
    {
        var hash = MetricsFacts.HashOf(issuer);
        var accepted = metrics.Value(Requests, ("jwt_issuer_hash", hash), ("result", "success")) ?? 0;
        var refused = metrics.Value(Requests, ("jwt_issuer_hash", hash), ("result", "failure")) ?? 0;
        return Observation.Ok(accepted + refused == 0
            ? "It has counted no token of this issuer: an older version, or it asks the issuer about each token."
            : string.Create(CultureInfo.InvariantCulture, $"It has accepted {accepted:F0} tokens of this issuer and refused "
                + $"{refused:F0}."));
    }

    private static string Time(double seconds) => seconds is >= 0 and < 253_402_300_800
        ? DateTimeOffset.UnixEpoch.AddSeconds(seconds).ToString("u", CultureInfo.InvariantCulture) : "an unknown time";
}
