using System.Text;
using KubeIdP.Core.Naming;
using KubeIdP.Core.Upstreams;
using KubeIdP.Ldap;

namespace KubeIdP.Connectors.Ldap;

/// <summary>From an entry to the person: how the account is, who it is, and which groups it has.</summary>
internal sealed class PersonReader(LdapProfile profile, TimeProvider clock)
{
    private const string PrincipalName = "userPrincipalName";
    private const string AccountName = "sAMAccountName";

    /// <summary>What must be read of an entry.</summary>
    public IReadOnlyList<string> Attributes { get; } =
    [
        .. new[] { profile.Username, profile.ImmutableId.Attribute, profile.Mail }
            .Concat(profile.DisplayNames).Concat(AccountStatus.Attributes).Concat(GroupReader.AttributesOfPerson(profile))
            .Distinct(StringComparer.OrdinalIgnoreCase),
    ];

    /// <summary>With what only a password needs, which is not asked for at each refresh.</summary>
    public IReadOnlyList<string> AttributesAtLogin =>
        [.. Attributes.Union(LockOutReader.AttributesOfPerson, StringComparer.OrdinalIgnoreCase)];

    /// <summary>Who is meant by a typed name, among those who may sign in.</summary>
    /// <exception cref="LdapException">The directory did not return everybody.</exception>
    public Task<NamedPeople> FindAsync(string typed, LdapConnection connection, CancellationToken ct) =>
        FindAsync(MeaningsOf(typed), connection, ct);

    /// <summary>The entry that has signed in under the name made from <paramref name="bare"/>, as far as the name says.</summary>
    /// <exception cref="LdapException">The directory did not return everybody.</exception>
    public async Task<NamedPeople> FindBoundAsync(DirectBindName name, string bare, LdapConnection connection, CancellationToken ct) =>
        name.DnFor(bare) is { } dn
        ? new NamedPeople((await connection.SearchAsync(new LdapSearch(dn, SearchScope.Base, profile.UserFilter, Attributes), ct))
        .Present("the search for a person"))
        : await FindAsync([new(PrincipalName, Encoding.UTF8.GetBytes(name.For(bare))), new(AccountName, Encoding.UTF8.GetBytes(bare))],
            connection, ct);

    /// <summary>What was typed, without a domain of this directory.</summary>
    public string BareName(string typed) => NamesIn(typed)[^1];

    /// <summary>An entry that a name has led to: also that the directory leads from its identity to it and to nobody else.</summary>
    /// <param name="mustBeFound">False where only its own person may read the entry, and nobody is looked up again.</param>
    /// <exception cref="LdapException">The directory did not return everything, or two entries would be one person.</exception>
    public async Task<UpstreamAnswer> ReadNamedAsync(LdapEntry entry, bool mustBeFound, LdapConnection connection, CancellationToken ct)
    {
        var answer = await ReadAsync(entry, connection, ct);
        if (answer is UpstreamAnswer.Known(var identity))
            await ConfirmIdentityAsync(entry, identity.UpstreamId, mustBeFound, connection, ct);
        return answer;
    }

    /// <inheritdoc cref="ReadNamedAsync"/>
    public async Task ConfirmIdentityAsync(LdapEntry entry, string id, bool mustBeFound, LdapConnection connection, CancellationToken ct)
    {
        var search = SearchById(profile.ImmutableId.FilterFor(id)!, amongAllowed: true) with { Attributes = [], Sample = 2 };
        var found = (await connection.SearchAsync(search, ct)).Present("the search for an identity");
        if (found.Any(one => !one.Dn.Equals(entry.Dn, StringComparison.OrdinalIgnoreCase)) || (found.Count == 0 && mustBeFound))
            throw profile.ImmutableId.NotOne(found, entry.Dn);
    }

    /// <param name="amongAllowed">False: also who does not, or no longer, match the filter.</param>
    public LdapSearch SearchById(LdapFilter id, bool amongAllowed) =>
        SearchFor(amongAllowed ? LdapFilter.AllOf(profile.UserFilter, id) : id);

    /// <summary>
    /// Brings something when the service account can still read what people are found in. The root itself is no entry that anybody may not
    /// read.
    /// </summary>
    public LdapSearch SearchForBase() =>
        profile.UserBase == "" ? SearchFor(profile.UserFilter) with { Attributes = [], Sample = 1 } : LdapSearch.Entry(profile.UserBase);

    /// <exception cref="LdapException">The directory did not return everything.</exception>
    public async Task<UpstreamAnswer> ReadAsync(LdapEntry entry, LdapConnection connection, CancellationToken ct)
    {
        if (AccountStatus.Of(entry, clock.GetUtcNow()) is { } refusal) return new UpstreamAnswer.Refused(refusal);

        var id = profile.ImmutableId.Of(entry);
        var username = UsernameOf(entry);
        if (!UserName.IsAllowed(username)) return new UpstreamAnswer.Refused(Refusal.NameNotAllowed);

        var groups = await new GroupReader(profile, connection).ReadAsync(entry, ct);
        if (profile.RequiredGroups is not [] && !groups.Any(group => profile.RequiredGroups.Any(group.Is)))
            return new UpstreamAnswer.Refused(Refusal.NotAllowed);

        var (names, leftOut) = GroupNames.Of(profile, groups);
        return new UpstreamAnswer.Known(new UpstreamIdentity(
            profile.Id, id, username, DisplayNameOf(entry), Usable(entry.Text(profile.Mail)),
            profile.MailIsVerified && Usable(entry.Text(profile.Mail)) is not null, names)
        {
            PasswordChangedAt = AccountStatus.PasswordChangedAt(entry),
        })
        {
            Remarks = leftOut,
        };
    }

    /// <exception cref="LdapException">There is none, or it is no text.</exception>
    private string UsernameOf(LdapEntry entry)
    {
        if (entry.Values(profile.Username) is not [var value, ..])
            throw new LdapException(LdapErrorKind.ErrorAnswer,
                $"{TokenName.Show(entry.Dn)} has no {profile.Username} that the service account may read: see users.username.");

        return AttributeText.NameOf(profile.Username, value)
            ?? throw new LdapException(LdapErrorKind.ErrorAnswer,
                $"{profile.Username} of {TokenName.Show(entry.Dn)} contains bytes that are not text, so it can't be a name: see "
                + $"users.username.");
    }

    /// <summary>What a typed name may mean, the first that finds somebody being it.</summary>
    private List<NameMeaning> MeaningsOf(string typed)
    {
        // As Windows itself reads a name with an @ (MS-ADTS §5.1.1.1.1): one person's principal name may hold the account name of another.
        var isPrincipal = profile.IsActiveDirectory && typed.Contains('@', StringComparison.Ordinal)
            && profile.Names.Contains(PrincipalName, StringComparer.OrdinalIgnoreCase);
        var written = profile.Names.SelectMany(name =>
            NamesIn(typed).Select(value => (Attribute: name, Value: AttributeText.ValueOfName(name, value))));
        return
        [
            .. isPrincipal ? new[] { new NameMeaning(PrincipalName, Encoding.UTF8.GetBytes(typed)) } : [],
            .. written.Where(one => one.Value is not null).Select(one => new NameMeaning(one.Attribute, one.Value!)),
        ];
    }

    private async Task<NamedPeople> FindAsync(IReadOnlyList<NameMeaning> meanings, LdapConnection connection, CancellationToken ct)
    {
        if (meanings is []) return new NamedPeople([]);

        // Almost always there is one, and one search.
        var everybody = await SearchAsync(LdapFilter.AnyOf([.. meanings.Select(meaning => meaning.Filter)]));
        if (everybody.Count <= 1) return new NamedPeople(everybody);

        foreach (var meaning in meanings)
        {
            if (await SearchAsync(meaning.Filter) is { Count: > 0 } found)
                return new NamedPeople(found, SharedName(meaning.Attribute, found, everybody));
        }

        return new NamedPeople([]);

        async Task<IReadOnlyList<LdapEntry>> SearchAsync(LdapFilter named) =>
            (await connection.SearchAsync(SearchFor(LdapFilter.AllOf(profile.UserFilter, named)) with { Attributes = AttributesAtLogin },
                ct))
                .Present("the search for a person");
    }

    // The remark does not contain the typed text: otherwise a stranger could cause a new remark with each spelling of a name.
    private static UpstreamRemark.NameShared SharedName(string attribute, IReadOnlyList<LdapEntry> found,
        IReadOnlyList<LdapEntry> everybody)
    {
        var others = everybody.Where(one => found.All(meant => meant.Dn != one.Dn)).ToList();
        return new(found.Count > 1
            ? $"{Dns(found)} have the same {attribute}: nobody can sign in with it."
            : $"The {attribute} of {Dns(found)} is also a name of {Dns(others)}: whoever types it signs in as the former; the latter "
                + "can't sign in with it.");

        static string Dns(IReadOnlyList<LdapEntry> entries) => string.Join(
            " and ", entries.Select(entry => TokenName.Show(entry.Dn)).Order(StringComparer.Ordinal).Take(3)
                .Concat(entries.Count > 3 ? [$"{entries.Count - 3} more"] : []));
    }

    /// <summary>
    /// A name in any of the forms that people type, the bare one last: <c>CORP\alice</c> and <c>alice@corp.example</c> are alice where
    /// these are domains of the directory.
    /// </summary>
    private IReadOnlyList<string> NamesIn(string typed)
    {
        var (slash, at) = (typed.IndexOf('\\', StringComparison.Ordinal), typed.LastIndexOf('@'));
        if (slash > 0 && IsOurs(typed[..slash])) return [typed[(slash + 1)..]];

        // With an @ it may be the whole of a principal name or of an eemail address as well.
        return at > 0 && IsOurs(typed[(at + 1)..]) ? [typed, typed[..at]] : [typed];
    }

    private bool IsOurs(string domain) => profile.Domains.Contains(domain, StringComparer.OrdinalIgnoreCase);

    private LdapSearch SearchFor(LdapFilter filter) => new(profile.UserBase, SearchScope.Subtree, filter, Attributes);

    private string? DisplayNameOf(LdapEntry entry) =>
        profile.DisplayNames.Select(entry.Text).Select(Usable).FirstOrDefault(name => name is not null);

    // An unusable display name or address is left out, because it is no reason to refuse the person.
    private static string? Usable(string? text) => text is not null && TokenName.IsAllowed(text) ? text : null;

    private readonly record struct NameMeaning(string Attribute, byte[] Value)
    {
        public LdapFilter Filter => LdapFilter.Equal(Attribute, Value);
    }
}
