namespace KubeIdP.Data.People;

/// <summary>Which people to list. Null: any.</summary>
/// <param name="Text">Part of a user name, a display name or a mail address.</param>
/// <param name="Status">Null: everybody but the removed.</param>
/// <param name="Cursor">The last normalized name of the page before.</param>
public sealed record PeopleFilter(
    string? Text = null, PersonStatus? Status = null, string? Group = null, string? Connector = null, string? Cursor = null)
{
    /// <summary>Who has this very name, which is one person; whatever their status, unless that is asked for too.</summary>
    public string? Username { get; init; }
}
