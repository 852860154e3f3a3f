using System.ComponentModel.DataAnnotations;

namespace KubeIdP.Connectors.Ldap;

/// <summary>Where people are in a directory, and which of their attributes mean what.</summary>
public sealed record LdapUserOptions
{
    /// <summary>
    /// The DN below which people are. Empty for the whole of a server: on Active Directory a forest, by its global catalog (port 3269, or
    /// 3268 with
    /// <c>ldap</c>), which has fewer attributes of other domains' accounts than their own servers; name people there by
    /// <c>userPrincipalName</c>.
    /// </summary>
    [DisplayFormat(ConvertEmptyStringToNull = false)]
    public string? Base { get; init; }

    /// <summary>
    /// The filter of the entries that are people who may sign in (RFC 4515). Default: <c>(objectClass=person)</c>; on Active Directory
    /// <c>(&amp;(objectCategory=person)(objectClass=user))</c>.
    /// </summary>
    public string? Filter { get; init; }

    /// <summary>
    /// The attributes that hold what people may type as their name. The first that finds somebody decides who is meant, so put those that
    /// people can change themselves, such as <c>mail</c>, last. Default: <c>uid</c>; on Active Directory <c>sAMAccountName</c> and
    /// <c>userPrincipalName</c>, of which a name with an @ means the latter first.
    /// </summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>The attribute that becomes the name of the person in tokens. Default: the first of <see cref="Names"/>.</summary>
    public string? Username { get; init; }

    /// <summary>The attribute with the name to show. Default: <c>displayName</c>, and where a person has none, <c>cn</c>.</summary>
    public string? DisplayName { get; init; }

    /// <summary>The attribute with the mail address. Default: <c>mail</c>.</summary>
    public string? Mail { get; init; }

    /// <summary>Whether mail addresses are verified.</summary>
    public MailTrust MailTrust { get; init; }

    /// <summary>
    /// The attribute that never changes, also when a person's names do. Default: <c>entryUUID</c>; on Active Directory <c>objectGUID</c>.
    /// FreeIPA has <c>ipaUniqueID</c>, 389 Directory Server <c>nsUniqueId</c>. Its values are compared byte by byte, whatever their syntax;
    /// a person whose value others have as well can't sign in.
    /// </summary>
    public string? Id { get; init; }
}
