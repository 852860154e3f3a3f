using KubeIdP.Ldap;

namespace KubeIdP.Connectors.Ldap.Diagnostics;

/// <summary>Finds the parts of the configured bases that are on other servers, which a login does not see.</summary>
internal sealed class ReferralDiagnostics(LdapProfile profile, LdapConnection connection)
{
    private const int Shown = 5;

    private static readonly LdapFilter IsReferral = LdapFilter.Parse("(objectClass=referral)");

    /// <summary>What is wrong, or good to know; nothing when all that is below the bases is on this server.</summary>
    public async Task<IReadOnlyList<SettingFinding>> RunAsync(CancellationToken ct)
    {
        var findings = new List<SettingFinding>();
        foreach (var (key, dn) in Bases())
        {
            if (await FaultOfBaseAsync(key, dn, ct) is { } fault)
                findings.Add(fault);
            else
                findings.AddRange(await ReferralObjectsAsync(key, dn, ct));
        }

        return findings;
    }

    private IEnumerable<(string Key, string Dn)> Bases()
    {
        yield return ("users.base", profile.UserBase);
        if (profile.GroupSource != GroupSource.None && profile.GroupBase != profile.UserBase)
            yield return ("groups.base", profile.GroupBase);
    }

    /// <summary>
    /// Whether the server refers to another one for the place itself, or for a part of it that is not only an object that refers to one.
    /// </summary>
    private async Task<SettingFinding?> FaultOfBaseAsync(string key, string dn, CancellationToken ct)
    {
        var itself = await connection.SearchAsync(LdapSearch.Entry(dn), ct);
        if (itself.Result.Referrals.Concat(itself.References).FirstOrDefault() is { } there)
            return SettingFinding.Wrong(key, $"{dn} is on another server: {there}.",
                "Name that server under servers, or use a DN that is on this server.");

        // A search that finds nobody, like that for somebody who has left.
        var nobody = await connection.SearchAsync(new LdapSearch(dn, SearchScope.Subtree, LdapFilter.Equal("cn", $"{Guid.NewGuid():N}")),
            ct);
        return nobody.References is [var missing, ..]
            ? SettingFinding.Wrong(key,
                $"A part of {dn} is on another server, {missing}: so this server can't tell whether somebody has left, and whether "
                + $"a person's groups are complete.", DirectoryAnswer.FixForReferral)
            : null;
    }

    private async Task<IReadOnlyList<SettingFinding>> ReferralObjectsAsync(string key, string dn, CancellationToken ct)
    {
        var objects =
            await connection.SearchAsync(
                new LdapSearch(dn, SearchScope.Subtree, IsReferral, "ref") { Sample = Shown, ManageReferrals = true }, ct);
        return [.. objects.Entries.Take(Shown)
            .Select(entry =>
                SettingFinding.Right(key,
                    $"{entry.Dn} only refers to another server, {entry.Text("ref") ?? "and the service account may not read which one"}: "
            + "what is there is not part of this directory."))];
    }
}
