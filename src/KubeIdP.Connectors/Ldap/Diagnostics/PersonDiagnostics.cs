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
            ? SettingFinding.Wrong("users.filter", $"{entry.Dn} is called {username}, and the filter leaves it out.",
                "Widen the filter, or try somebody who may sign in.")
            : SettingFinding.Wrong("--user", $"Nobody below {profile.UserBase} is called {username} in {Words(profile.Names)}.",
                "Check the name as it is written in the directory. If it is right, users.base or users.names is not.");
    }

    /// <summary>Whether somebody's identity is that of others as well, or leads nowhere.</summary>
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
            return SettingFinding.Wrong("users.base", $"There is no {profile.UserBase} that the service account may read.",
                "Copy the DN from the directory, and let the account read what is below it.");
        if (await connection.HasAnyAsync(profile.UserBase, profile.UserFilter, ct)) return null;

        // The base itself is an entry as well.
        return await connection.SampleAsync(profile.UserBase, LdapFilter.Anything, 2, [], ct) is [_, _]
            ? SettingFinding.Wrong("users.filter", $"No entry below {profile.UserBase} matches it.",
                "Write one that finds the people who may sign in, such as (objectClass=person).")
            : SettingFinding.Wrong("users.base", $"Nothing is below {profile.UserBase} that the service account may read.",
                "Name the DN below which people are.");
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

        // What is not given may be missing: it only decorates. What is given was meant.
        if (options.Users.DisplayName is { } shown && !await HasAnybodyAsync(shown, ct)) return Lacking("users.displayName", shown);
        return options.Users.Mail is { } mail && !await HasAnybodyAsync(mail, ct) ? Lacking("users.mail", mail) : null;
    }

    /// <summary>
    /// Looks at some people for what a login would stumble over: names that are no text, and identities that are not one person's.
    /// </summary>
    private async Task<SettingFinding?> FaultOfValuesAsync(CancellationToken ct)
    {
        if (await NoTextAsync(profile.Username, ct) is { } nameless)
            return SettingFinding.Wrong("users.username", $"{nameless}, and so no name.", "Name an attribute with a text.");
        for (var i = 0; i < profile.Names.Count; i++)
        {
            if (await NoTextAsync(profile.Names[i], ct) is { } untyped)
                return SettingFinding.Wrong(options.Users.Names is [] ? "users.names" : $"users.names[{i}]",
                    $"{untyped}, which nobody can type.", "Name an attribute with a text.");
        }

        return await FaultOfIdentitiesAsync(await SomeWithAsync(profile.ImmutableId.Attribute, ct), ct);
    }

    private async Task<string?> NoTextAsync(string attribute, CancellationToken ct) =>
        (await SomeWithAsync(attribute, ct))
            .FirstOrDefault(person => person.Values(attribute).Any(value => AttributeText.NameOf(attribute, value) is null)) is { } found
            ? $"{attribute} of {found.Dn} holds bytes that are no text"
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
            $"Use {LdapPreset.Of(options.Kind).Id}, or another attribute that the directory gives each entry by itself.");

    private Task<bool> HasAnybodyAsync(string attribute, CancellationToken ct) =>
        connection.HasAnyAsync(profile.UserBase, LdapFilter.AllOf(profile.UserFilter, Samples.Has(attribute)), ct);

    private static SettingFinding Lacking(string key, string attribute) =>
        SettingFinding.Wrong(key, $"None of the people has {attribute}, or the service account may not read it.",
            "Name an attribute that they have.");

    private static string Words(IReadOnlyList<string> names) => string.Join(" or ", names);
}
