using System.Globalization;

namespace KubeIdP.Cli.Doctor.Checks;

/// <summary>Whether the issuer publishes its keys, with that of the token, and so that API servers notice a new one.</summary>
internal static class KeyCheck
{
    // An API server that meets an unknown key fetches the keys again only in the last 30 seconds of their max-age.
    private const int LongestMaxAge = 60;
    private const string Directive = "max-age=";

    public static Finding Decide(Verdicts verdicts) => Finding.Of(CheckNumber.Keys, "jwks", [Judge(verdicts)]);

    /// <summary>In seconds; null if the header has none, or forbids to keep the answer.</summary>
    public static int? MaxAge(string? cacheControl)
    {
        if (cacheControl is null) return null;

        int? age = null;
        foreach (var directive in cacheControl.Split(',', StringSplitOptions.TrimEntries))
        {
            if (directive is "no-cache" or "no-store") return null;
            if (directive.StartsWith(Directive, StringComparison.OrdinalIgnoreCase)
                && int.TryParse(directive[Directive.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
                age = seconds;
        }

        return age;
    }

    private static Observation Judge(Verdicts verdicts)
    {
        var evidence = verdicts.Evidence;
        if (verdicts.SkippedWithout(evidence.Issuer) is { } skipped) return skipped;
        if (evidence.Document is not { } document)
            return verdicts.SkippedFor(CheckNumber.Issuer) ?? Observation.Skipped("There is no discovery document.");
        if (document.JwksUri is null || evidence.Keys is not { } keys)
        {
            return Observation.Wrong("The discovery document names no address of the keys (jwks_uri).",
                "An administrator must look at the issuer: API servers can't check its tokens.");
        }

        if (keys.Fault is { } fault)
        {
            return Observation.Wrong($"The keys of the issuer can't be read at {keys.Url}: {fault}",
                "An administrator must make this address reachable, for API servers too: they check tokens with these keys.");
        }

        // A file may hold a token of a key that is gone: that is the plugin's (check 9).
        var token = evidence.Token;
        if (token is { Claims: not null, File: null, KeyId: var id } && (id is null || !keys.KeyIds.Contains(id, StringComparer.Ordinal)))
        {
            return Observation.Wrong(
                $"The token is signed with the key {id ?? "without an id"}, which is not among the {keys.KeyIds.Count} at {keys.Url}.",
                "An administrator must look at the issuer: a proxy may keep an old answer, or replicas may have different keys.");
        }

        if (MaxAge(keys.CacheControl) is > LongestMaxAge and var age)
        {
            return Observation.Warning(
                $"The keys may be cached for {age} s (Cache-Control: {keys.CacheControl}): for that time an API server does not look "
                + "for a new key.",
                "An administrator must keep proxies and caches from adding a max-age to this address.");
        }

        var own = token is { Claims: not null, KeyId: { } known } && keys.KeyIds.Contains(known, StringComparer.Ordinal)
            ? ", with that of the token" : "";
        return Observation.Ok($"{Sentence.Count(keys.KeyIds.Count, "key")} at {keys.Url}{own}.");
    }
}
