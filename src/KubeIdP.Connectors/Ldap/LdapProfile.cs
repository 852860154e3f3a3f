using KubeIdP.Core.Upstreams;
using KubeIdP.Ldap;

namespace KubeIdP.Connectors.Ldap;

/// <summary>A directory's options with nothing left open: what was not given is filled in by its kind.</summary>
internal sealed record LdapProfile
{
    public required ConnectorId Id { get; init; }

    public required IReadOnlyList<LdapAddress> Servers { get; init; }

    public required string UserBase { get; init; }

    public string UserBaseInWords => UserBase == "" ? "the root of the directory" : UserBase;

    public required LdapFilter UserFilter { get; init; }

    public required IReadOnlyList<string> Names { get; init; }

    public required string Username { get; init; }

    /// <summary>The first that a person has is shown.</summary>
    public required IReadOnlyList<string> DisplayNames { get; init; }

    public required string Mail { get; init; }

    public required bool MailIsVerified { get; init; }

    public required ImmutableId ImmutableId { get; init; }

    public required GroupSource GroupSource { get; init; }

    public required string GroupBase { get; init; }

    public required LdapFilter? GroupFilter { get; init; }

    public required string Member { get; init; }

    /// <summary>The attribute of a person whose values stand in <see cref="Member"/>, or <see cref="DnAsName"/>.</summary>
    public required string MembersAre { get; init; }

    /// <summary>The attribute that a person shares with their primary group; null: it is not counted, or comes in another way.</summary>
    public required string? PrimaryGroup { get; init; }

    public required bool IsNested { get; init; }

    /// <summary>An attribute, or <see cref="DnAsName"/>.</summary>
    public required string GroupName { get; init; }

    public required string GroupPrefix { get; init; }

    /// <summary>What the names of other upstreams' groups begin with.</summary>
    public required IReadOnlyList<string> ForeignPrefixes { get; init; }

    public required IReadOnlyList<string> RequiredGroups { get; init; }

    public required IReadOnlyList<string> Domains { get; init; }

    /// <summary>The attribute by which an entry can be searched by its own DN.</summary>
    public required string EntryDn { get; init; }

    public required bool IsActiveDirectory { get; init; }

    public required LdapLockOutOptions LockOut { get; init; }

    public const string DnAsName = "dn";

    /// <param name="options">Without faults, as <see cref="LdapRules"/> finds them.</param>
    /// <param name="foreignPrefixes">What the names of other upstreams' groups begin with.</param>
    public static LdapProfile Of(ConnectorId id, LdapOptions options, IReadOnlyList<string> foreignPrefixes)
    {
        var usual = LdapPreset.Of(options.Kind);
        var (users, groups) = (options.Users, options.Groups);
        IReadOnlyList<string> names = users.Names is [] ? usual.Names : users.Names;
        var member = groups.Member ?? "member";
        return new()
        {
            Id = id,
            Servers = [.. options.Servers.Select(url => LdapAddress.Parse(url)!)],
            UserBase = users.Base!,
            UserFilter = LdapFilter.Parse(users.Filter ?? usual.UserFilter),
            Names = names,
            Username = users.Username ?? names[0],
            DisplayNames = users.DisplayName is { } shown ? [shown] : ["displayName", "cn"],
            Mail = users.Mail ?? "mail",
            MailIsVerified = users.MailTrust == MailTrust.Verified,
            ImmutableId = new ImmutableId(users.Id ?? usual.Id),
            GroupSource = groups.Source ?? usual.GroupSource,
            GroupBase = groups.Base ?? usual.GroupBaseOf(users.Base!),
            GroupFilter = groups.Filter is { } filter ? LdapFilter.Parse(filter) : null,
            Member = member,
            MembersAre = groups.MembersAre ?? (member.Equals("memberUid", StringComparison.OrdinalIgnoreCase) ? usual.LoginName : DnAsName),
            PrimaryGroup = groups.PrimaryGroup,
            IsNested = groups.Nesting == Nesting.Nested,
            GroupName = groups.Name ?? usual.GroupName,
            GroupPrefix = groups.Prefix ?? "",
            ForeignPrefixes = foreignPrefixes,
            RequiredGroups = groups.Required,
            Domains = options.Domains,
            EntryDn = usual.EntryDn,
            IsActiveDirectory = options.Kind == UpstreamKind.ActiveDirectory,
            LockOut = options.LockOut,
        };
    }
}
