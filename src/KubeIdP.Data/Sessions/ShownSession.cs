using System.Diagnostics.CodeAnalysis;

namespace KubeIdP.Data.Sessions;

/// <summary>A session with its end, when it has one.</summary>
public sealed record ShownSession : ListedSession
{
    public ShownSession()
    {
    }

    [SetsRequiredMembers]
    internal ShownSession(ListedSession listed)
        : base(listed)
    {
    }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>A subject, or one of the names of <see cref="Audit.Actor"/>.</summary>
    public string? EndedBy { get; init; }

    /// <summary>The user name of an <see cref="EndedBy"/> who is a person.</summary>
    public string? EndedByName { get; init; }

    public string? EndedWhy { get; init; }

    public bool IsLive => EndedAt is null && EndsAt > Now;
}
