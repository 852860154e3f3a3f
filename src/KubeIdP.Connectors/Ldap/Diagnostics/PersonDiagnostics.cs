using KubeIdP.Ldap;

namespace KubeIdP.Connectors.Ldap.Diagnostics;

/// <summary>Tries out the settings under <c>users</c>.</summary>
internal sealed class PersonDiagnostics(LdapOptions options, LdapProfile profile, PersonReader reader, LdapConnection connection)
{
    // One page of every directory, and a filter that every directory takes.
    private const int SampleSize = 100;

    /// <summary>The first setting that is wrong; null when none is.</summary>
    public async Task<SettingFinding?> FaultAsync(CancellationToken ct) =>
        await FaultOfBaseAsync(ct) ?? await FaultOfNamesAsync(ct) ?? await FaultOfAttributesAsync(ct);

    /// <summary>Why nobody is found under a name that an administrator knows to be right.</summary>
    public async Task<SettingFinding> WhyNotFoundAsync(string username, CancellationToken ct)
    {
        var byName =
            LdapFilter.AnyOf(
                [.. profile.Names.Select(name =>
                    LdapFilter.Equal(name, AttributeText.ValueOfName(name, reader.BareName(username)) ?? []))]);
        return await connection.SampleAsync(profile.UserBase, byName, 1, [], ct) is [var entry]
            ? SettingFinding.Wrong("users.filter", $"{entry.Dn} has the name {username}, but does not match the filter.",
                "Change the filter, or try another person, who may sign in.")
            : SettingFinding.Wrong("--user", $"No entry below {profile.UserBase} has the value {username} in {Words(profile.Names)}.",
                "Compare the name with the directory. If it is right, users.base or users.names is wrong.");
    }

    /// <summary>Whether other people have the same id, or a search for the id finds nobody.</summary>
    public async Task<SettingFinding?> FaultOfIdentityAsync(LdapEntry person, string id, CancellationToken ct)
    {
        try
        {
            await reader.ConfirmIdentityAsync(person, id, mustBeFound: true, connection, ct);
            return null;
        }
        catch (LdapException fault)
        {
            return NoIdentity(fault);
        }
    }

    private async Task<SettingFinding?> FaultOfBaseAsync(CancellationToken ct)
    {
        if (!await connection.CanReadAsync(profile.UserBase, ct))
            return SettingFinding.Wrong("users.base", $"{profile.UserBase} does not exist, or the service account may not read it.",
                "Copy the DN from the directory, and allow the account to read the entries below it.");
        if (await connection.HasAnyAsync(profile.UserBase, profile.UserFilter, ct)) return null;

        // The base itself is an entry as well.
        return await connection.SampleAsync(profile.UserBase, LdapFilter.Anything, 2, [], ct) is [_, _]
            ? SettingFinding.Wrong("users.filter", $"No entry below {profile.UserBase} matches it.",
                "Write a filter that finds the people who may sign in, such as (objectClass=person).")
            : SettingFinding.Wrong("users.base", $"There is no entry below {profile.UserBase}, or the service account may not read any.",
                "Write the DN below which people are.");
    }

    private async Task<SettingFinding?> FaultOfNamesAsync(CancellationToken ct)
    {
        for (var i = 0; i < profile.Names.Count; i++)
        {
            if (await HasAnybodyAsync(profile.Names[i], ct)) continue;

            // Of the usual ones a directory may lack one: not every domain gives its people principal names.
            if (options.Users.Names is not []) return Lacking($"users.names[{i}]", profile.Names[i]);
            if (i == 0) return Lacking("users.names", profile.Names[i]);
        }

        return null;
    }

    private async Task<SettingFinding?> FaultOfAttributesAsync(CancellationToken ct)
    {
        if (!await HasAnybodyAsync(profile.Username, ct)) return Lacking("users.username", profile.Username);
        if (!await HasAnybodyAsync(profile.ImmutableId.Attribute, ct)) return Lacking("users.id", profile.ImmutableId.Attribute);
        if (await FaultOfValuesAsync(ct) is { } value) return value;

        // A default attribute may be missing, because it is only shown. One that was configured must exist.
        if (options.Users.DisplayName is { } shown && !await HasAnybodyAsync(shown, ct)) return Lacking("users.displayName", shown);
        return options.Users.Mail is { } mail && !await HasAnybodyAsync(mail, ct) ? Lacking("users.mail", mail) : null;
    }

    /// <summary>
    /// Checks some people for what would make their login fail: names that are not text, and ids that several people share.
    /// </summary>
    private async Task<SettingFinding?> FaultOfValuesAsync(CancellationToken ct)
    {
        if (await NoTextAsync(profile.Username, ct) is { } nameless)
            return SettingFinding.Wrong("users.username", $"{nameless}, so it can't be a user name.",
                "Name an attribute that contains text.");
        for (var i = 0; i < profile.Names.Count; i++)
        {
            if (await NoTextAsync(profile.Names[i], ct) is { } untyped)
                return SettingFinding.Wrong(options.Users.Names is [] ? "users.names" : $"users.names[{i}]",
                    $"{untyped}, which nobody can type.", "Name an attribute that contains text.");
        }

        return await FaultOfIdentitiesAsync(await SomeWithAsync(profile.ImmutableId.Attribute, ct), ct);
    }

    private async Task<string?> NoTextAsync(string attribute, CancellationToken ct) =>
        (await SomeWithAsync(attribute, ct))
            .FirstOrDefault(person => person.Values(attribute).Any(value => AttributeText.NameOf(attribute, value) is null)) is { } found
            ? $"{attribute} of {found.Dn} contains bytes that are not text"
            : null;

    private Task<IReadOnlyList<LdapEntry>> SomeWithAsync(string attribute, CancellationToken ct) =>
        connection.SampleAsync(profile.UserBase, LdapFilter.AllOf(profile.UserFilter, Samples.Has(attribute)), SampleSize, [attribute], ct);

    private async Task<SettingFinding?> FaultOfIdentitiesAsync(IReadOnlyList<LdapEntry> people, CancellationToken ct)
    {
        var id = profile.ImmutableId;
        if (people is []) return Lacking("users.id", id.Attribute);
        if (FaultIn(() => people.ToList().ForEach(person => id.Of(person))) is { } unusable) return unusable;

        var search =
            reader.SearchById(
                LdapFilter.AnyOf([.. people.Select(id.Of).Distinct(StringComparer.Ordinal).Select(one => id.FilterFor(one)!)]),
                amongAllowed: true);
        var found = (await connection.SearchAsync(search with { Attributes = [id.Attribute] }, ct)).Present("the search for identities");
        return FaultIn(() =>
        {
            var byId = found.ToLookup(id.Of, StringComparer.Ordinal);
            foreach (var person in people)
            {
                if (byId[id.Of(person)].ToList() is not [_] and var same) throw id.NotOne(same, person.Dn);
            }
        });
    }

    private SettingFinding? FaultIn(Action look)
    {
        try
        {
            look();
            return null;
        }
        catch (LdapException fault)
        {
            return NoIdentity(fault);
        }
    }

    private SettingFinding NoIdentity(LdapException fault) =>
        SettingFinding.Wrong("users.id", fault.Message,
            $"Use {LdapPreset.Of(options.Kind).Id}, or another attribute that the directory assigns to each entry by itself.");

    private Task<bool> HasAnybodyAsync(string attribute, CancellationToken ct) =>
        connection.HasAnyAsync(profile.UserBase, LdapFilter.AllOf(profile.UserFilter, Samples.Has(attribute)), ct);

    private static SettingFinding Lacking(string key, string attribute) =>
        SettingFinding.Wrong(key, $"No person has {attribute}, or the service account may not read it.",
            "Name an attribute that people have.");

    private static string Words(IReadOnlyList<string> names) => string.Join(" or ", names);
}
