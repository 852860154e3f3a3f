namespace KubeIdP.Cli.Doctor.Checks;

/// <summary>Whom the API server takes the token for: RBAC needs these names, not those of the token.</summary>
internal static class IdentityCheck
{
    private const string Reserved = "system:";

    public static Finding Decide(Verdicts verdicts) => Finding.Of(CheckNumber.Identity, "identity", [.. Judge(verdicts)]);

    /// <summary>What the API server writes before the groups of the token; null if it has none of them.</summary>
    public static string? GroupPrefix(IReadOnlyList<string> inToken, IReadOnlyList<string> atServer)
    {
        var own = atServer.Where(one => !one.StartsWith(Reserved, StringComparison.Ordinal)).ToList();
        return (from mine in inToken
                from name in own
                where name.EndsWith(mine, StringComparison.Ordinal)
                let prefix = name[..^mine.Length]
                orderby inToken.Count(one => own.Contains(prefix + one)) descending, prefix.Length
                select prefix).FirstOrDefault();
    }

    private static IEnumerable<Observation> Judge(Verdicts verdicts)
    {
        var evidence = verdicts.Evidence;
        if ((verdicts.SkippedFor(CheckNumber.Audience) ?? AudienceCheck.SkippedFor(verdicts)) is { } skipped)
        {
            yield return skipped;
            yield break;
        }

        if (evidence.Review?.Username is not { } username)
        {
            yield return Observation.Skipped("The API server did not say whom it takes the token for (check 6).");
            yield break;
        }

        var claims = evidence.Token.Claims!;
        yield return NameOf(username, claims.Issuer, [claims.Username, claims.Email, claims.Subject]);
        yield return GroupsOf(claims.Groups, evidence.Review.Groups);
        if (LeftOut(claims.Groups, evidence.Self?.Groups) is { Count: > 0 } left)
            yield return Observation.Ok($"The issuer leaves out for this cluster, or renames: {Sentence.List(left)}.");
    }

    private static Observation NameOf(string username, string issuer, string?[] names)
    {
        if (username.StartsWith($"{issuer}#", StringComparison.Ordinal))
        {
            return Observation.Warning($"The API server calls you {username}, with the issuer before the name.",
                "An administrator sets --oidc-username-prefix=- (or claimMappings.username.prefix: \"\"), or RBAC uses this long name.");
        }

        var claim = names.FirstOrDefault(name => !string.IsNullOrEmpty(name) && username.EndsWith(name, StringComparison.Ordinal));
        return claim is null ? Observation.Warning(
                $"The API server calls you {username}, which is neither user name, email address nor subject of the token.",
                "RBAC must use this name. If it is not meant so, an administrator compares claimMappings.username.")
            : username == claim ? Observation.Ok($"The API server calls you {username}.")
            : Observation.Ok($"The API server calls you {username}: {claim} with the prefix {username[..^claim.Length]}");
    }

    private static Observation GroupsOf(IReadOnlyList<string> inToken, IReadOnlyList<string> atServer)
    {
        if (inToken.Count == 0) return Observation.Ok("The token has no groups.");

        var prefix = GroupPrefix(inToken, atServer);
        if (prefix is null)
        {
            return Observation.Warning(
                $"The API server takes none of the groups of the token: {Sentence.List(inToken)}.",
                "An administrator sets --oidc-groups-claim=groups (or claimMappings.groups.claim: groups) at the API server.");
        }

        var missing = inToken.Where(group => !atServer.Contains(prefix + group, StringComparer.Ordinal)).ToList();
        var shown = prefix.Length == 0 ? "" : $" with the prefix {prefix}";
        return missing.Count == 0
            ? Observation.Ok($"It has taken all groups of the token{shown}: {Sentence.List(inToken)}.")
            : Observation.Warning($"The API server leaves out {missing.Count} of the groups of the token: {Sentence.List(missing)}.",
                "An administrator compares claimMappings.groups at the API server.");
    }

    private static List<string> LeftOut(IReadOnlyList<string> inToken, IReadOnlyList<string>? atIssuer) =>
        [.. (atIssuer ?? []).Except(inToken, StringComparer.Ordinal)];
}
