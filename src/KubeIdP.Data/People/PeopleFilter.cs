using KubeIdP.Core.People;
using KubeIdP.Core.Upstreams;

namespace KubeIdP.Data.People;

/// <summary>Which people to list. Null: any.</summary>
/// <param name="Text">Part of a user name, a display name or an email address.</param>
/// <param name="Status">Null: everybody except removed people.</param>
/// <param name="Cursor">The last normalized name of the page before.</param>
public sealed record PeopleFilter(
    string? Text = null, PersonStatus? Status = null, string? Group = null, ConnectorId? Connector = null, string? Cursor = null)
{
    /// <summary>The person with exactly this user name, whatever their status, unless the filter names a status too.</summary>
    public string? Username { get; init; }
}
