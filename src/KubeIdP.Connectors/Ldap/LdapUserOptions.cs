using System.ComponentModel.DataAnnotations;

namespace KubeIdP.Connectors.Ldap;

/// <summary>Where people are in a directory, and what their attributes mean.</summary>
public sealed record LdapUserOptions
{
    /// <summary>
    /// The DN below which people are. Empty: the whole server. On Active Directory that is the forest, which needs the global catalog as
    /// the server (port 3269, or 3268 with <c>ldap</c>). It has fewer attributes of other domains' accounts than their own servers have;
    /// set <see cref="Names"/> to <c>userPrincipalName</c> there.
    /// </summary>
    [DisplayFormat(ConvertEmptyStringToNull = false)]
    public string? Base { get; init; }

    /// <summary>
    /// The filter of the entries that are people who may sign in (RFC 4515). Default: <c>(objectClass=person)</c>; on Active Directory
    /// <c>(&amp;(objectCategory=person)(objectClass=user))</c>.
    /// </summary>
    public string? Filter { get; init; }

    /// <summary>
    /// The attributes whose values people may type as their name. The first attribute that finds somebody decides, so put attributes that
    /// people can change themselves, such as <c>mail</c>, last. Default: <c>uid</c>; on Active Directory <c>sAMAccountName</c> and
    /// <c>userPrincipalName</c>, and for a name with an @ in the other order.
    /// </summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>The attribute that becomes the name of the person in tokens. Default: the first of <see cref="Names"/>.</summary>
    public string? Username { get; init; }

    /// <summary>The attribute with the display name. Default: <c>displayName</c>, and <c>cn</c> for a person without it.</summary>
    public string? DisplayName { get; init; }

    /// <summary>The attribute with the email address. Default: <c>mail</c>.</summary>
    public string? Mail { get; init; }

    /// <summary>Whether email addresses are verified.</summary>
    public MailTrust MailTrust { get; init; }

    /// <summary>
    /// The attribute that never changes, even if a person is renamed. Default: <c>entryUUID</c>; on Active Directory <c>objectGUID</c>.
    /// FreeIPA has <c>ipaUniqueID</c>, 389 Directory Server <c>nsUniqueId</c>. Its values are compared byte by byte, whatever their syntax;
    /// people who share a value can't sign in.
    /// </summary>
    public string? Id { get; init; }
}
