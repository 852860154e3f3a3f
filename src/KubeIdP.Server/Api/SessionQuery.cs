using System.ComponentModel;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Network;
using KubeIdP.Data.Sessions;

namespace KubeIdP.Server.Api;

/// <summary>The filter for live sessions; missing members match everything.</summary>
internal sealed record SessionQuery
{
    [Description("Part of a user name, a display name or an email address.")]
    public string? Person { get; init; }

    [Description("Sessions of this subject.")]
    public string? PersonId { get; init; }

    [Description("Sessions of members of this group, by its name in the directory.")]
    public string? Group { get; init; }

    [Description("Sessions with a live grant for this client.")]
    public string? Client { get; init; }

    [Description("Sessions that began from this address or network, such as 10.0.0.0/8.")]
    public string? Address { get; init; }

    [Description("Sessions with this value (RFC 8176) in amr.")]
    public string? Method { get; init; }

    [Description("Sessions that began at this time or later.")]
    public DateTimeOffset? Since { get; init; }

    [Description("Sessions that began at this time or earlier.")]
    public DateTimeOffset? Until { get; init; }

    /// <summary>What is wrong with the filter; null when it is valid.</summary>
    internal string? Fault => ApiAddress.FaultOf(Address);

    /// <summary>Only without a <see cref="Fault"/>: an unreadable value would match the sessions of all people.</summary>
    public SessionFilter ToFilter(SessionOptions options) => new()
    {
        Person = Person, PersonId = Identifier.OrNull<PersonId>(PersonId), Group = Group, ClientId = Identifier.OrNull<ClientId>(Client),
            Address = Address is null ? null : AddressRange.Parse(Address), Method = Method, Since = Since, Until = Until,
            IdleTimeout = options.IdleTimeout,
    };
}
