using KubeIdP.Ldap;

namespace KubeIdP.Connectors.Ldap.Diagnostics;

/// <summary>A look at some entries of a directory that may hold a hundred thousand.</summary>
internal static class Samples
{
    /// <summary>Whether anything lies there that the service account may read.</summary>
    public static async Task<bool> CanReadAsync(this LdapConnection connection, string dn, CancellationToken ct) =>
        (await connection.SearchAsync(LdapSearch.Entry(dn), ct)) is { Result.IsSuccess: true, Entries: [_, ..] };

    /// <summary>Up to <paramref name="max"/> entries below a base; none when the server answers with an error.</summary>
    public static async Task<IReadOnlyList<LdapEntry>> SampleAsync(
        this LdapConnection connection, string baseDn, LdapFilter filter, int max, IReadOnlyList<string> attributes,
        CancellationToken ct) =>
        (await connection.SearchAsync(new LdapSearch(baseDn, SearchScope.Subtree, filter, attributes) { Sample = max }, ct)).Entries;

    public static async Task<bool> HasAnyAsync(this LdapConnection connection, string baseDn, LdapFilter filter, CancellationToken ct) =>
        (await connection.SampleAsync(baseDn, filter, 1, [], ct)).Count > 0;

    public static LdapFilter Has(string attribute) => LdapFilter.Parse($"({attribute}=*)");
}
