using KubeIdP.Connectors.Ldap.Protocol;
using KubeIdP.Core.Naming;
using KubeIdP.Core.Upstreams;

namespace KubeIdP.Connectors.Ldap;

/// <summary>From an entry to the person: how the account is, who it is, and which groups it has.</summary>
internal sealed class PersonReader(LdapProfile profile, TimeProvider clock)
{
    /// <summary>What must be read of an entry.</summary>
    public IReadOnlyList<string> Attributes { get; } =
    [
        .. new[] { profile.Username, profile.ImmutableId.Attribute, profile.Mail }
            .Concat(profile.DisplayNames).Concat(AccountStatus.Attributes).Concat(GroupReader.AttributesOfPerson(profile)).Distinct(StringComparer.OrdinalIgnoreCase),
    ];

    /// <summary>Everybody who goes by this name among those who may sign in; more than one is a directory that contradicts itself.</summary>
    public LdapSearch SearchByName(string typed) => SearchFor(LdapFilter.AllOf(
        profile.UserFilter, LdapFilter.AnyOf([.. profile.Names.SelectMany(name => NamesIn(typed).Select(value => LdapFilter.Equal(name, value)))])));

    /// <summary>The entry that has signed in under the name made from <paramref name="bare"/>.</summary>
    public LdapSearch SearchBound(DirectBindName name, string bare) => name.DnFor(bare) is { } dn
        ? new LdapSearch(dn, SearchScope.Base, profile.UserFilter, Attributes)
        : SearchFor(LdapFilter.AllOf(profile.UserFilter, LdapFilter.AnyOf([LdapFilter.Equal("userPrincipalName", name.For(bare)), LdapFilter.Equal("sAMAccountName", bare)])));

    /// <summary>What was typed, without a domain of ours.</summary>
    public string BareName(string typed) => NamesIn(typed)[^1];

    /// <param name="amongAllowed">False: also who does not, or no longer, match the filter.</param>
    public LdapSearch SearchById(LdapFilter id, bool amongAllowed) => SearchFor(amongAllowed ? LdapFilter.AllOf(profile.UserFilter, id) : id);

    /// <exception cref="LdapFault">The directory did not tell everything.</exception>
    public async Task<UpstreamAnswer> ReadAsync(LdapEntry entry, LdapConnection connection, CancellationToken ct)
    {
        if (AccountStatus.Of(entry, clock.GetUtcNow()) is { } refusal) return new UpstreamAnswer.Refused(refusal);

        var id = profile.ImmutableId.Of(entry) ?? throw new LdapFault(LdapFaultKind.ErrorAnswer, $"{entry.Dn} has no {profile.ImmutableId.Attribute} that our account may read: see users.id.");
        if (entry.Text(profile.Username) is not { } username)
            throw new LdapFault(LdapFaultKind.ErrorAnswer, $"{entry.Dn} has no {profile.Username} that our account may read: see users.username.");
        if (!TokenName.IsAllowed(username)) return new UpstreamAnswer.Refused(Refusal.NameNotAllowed);

        var groups = await new GroupReader(profile, connection).ReadAsync(entry, username, ct);
        if (profile.RequiredGroups is not [] && !groups.Any(group => profile.RequiredGroups.Any(group.Is))) return new UpstreamAnswer.Refused(Refusal.NotAllowed);

        return new UpstreamAnswer.Known(new UpstreamIdentity(
            profile.Id, id, username, DisplayNameOf(entry), Usable(entry.Text(profile.Mail)), profile.MailIsVerified && Usable(entry.Text(profile.Mail)) is not null, NamesOf(groups))
        {
            PasswordChangedAt = AccountStatus.PasswordChangedAt(entry),
        });
    }

    /// <summary>
    /// A name in any of the forms that people type, the bare one last: <c>CORP\alice</c> and <c>alice@corp.example</c> are alice where these are our
    /// domains.
    /// </summary>
    private IReadOnlyList<string> NamesIn(string typed)
    {
        var (slash, at) = (typed.IndexOf('\\', StringComparison.Ordinal), typed.LastIndexOf('@'));
        if (slash > 0 && IsOurs(typed[..slash])) return [typed[(slash + 1)..]];

        // With an @ it may be the whole of a principal name or of a mail address just as well.
        return at > 0 && IsOurs(typed[(at + 1)..]) ? [typed, typed[..at]] : [typed];
    }

    private bool IsOurs(string domain) => profile.Domains.Contains(domain, StringComparer.OrdinalIgnoreCase);

    private LdapSearch SearchFor(LdapFilter filter) => new(profile.UserBase, SearchScope.Subtree, filter, Attributes) { InThisDomainOnly = profile.IsActiveDirectory };

    private string? DisplayNameOf(LdapEntry entry) => profile.DisplayNames.Select(entry.Text).Select(Usable).FirstOrDefault(name => name is not null);

    // What only decorates is left out rather than made a reason to refuse somebody.
    private static string? Usable(string? text) => text is not null && TokenName.IsAllowed(text) ? text : null;

    private List<string> NamesOf(IReadOnlyList<DirectoryGroup> groups) =>
        [.. groups.Where(group => group.Name is not null).Select(group => profile.GroupPrefix + group.Name).Where(TokenName.IsAllowed).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
