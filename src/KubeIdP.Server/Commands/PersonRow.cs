using KubeIdP.Core.Naming;
using KubeIdP.Data.People;

namespace KubeIdP.Server.Commands;

/// <summary>A person as the commands print them.</summary>
internal record PersonRow(
    string Name, string Subject, string? DisplayName, string Connector, string? Email, IReadOnlyList<string> Groups, string Status, int LiveSessions)
{
    /// <inheritdoc cref="UserName.MixesScripts"/>
    public bool MixesScripts => UserName.MixesScripts(Name);

    public static PersonRow Of(ListedPerson person) => new(
        person.Username, person.Id, person.DisplayName, person.Connector, person.Email, person.Groups, StatusOf(person.Status), person.LiveSessions);

    /// <summary>A user name as an administrator reads it: one that mixes scripts may look like another one's.</summary>
    public static string Shown(string name) => UserName.MixesScripts(name) ? $"{name} (letters of several scripts)" : name;

    public static string StatusOf(PersonStatus status) => status switch
    {
        PersonStatus.Active => "active",
        PersonStatus.NotEnrolled => "not enrolled",
        PersonStatus.Invited => "invited",
        PersonStatus.Disabled => "disabled",
        PersonStatus.Removed => "removed",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };
}

/// <summary>A person with all that an administrator may know; no hash of anything is among it.</summary>
internal sealed record ShownPersonRow(
    string Name, string Subject, string? DisplayName, string Connector, string? Email, IReadOnlyList<string> Groups, string Status, int LiveSessions,
    IReadOnlyList<string> Factors, DateTimeOffset CreatedAt, DateTimeOffset GroupsReadAt, DateTimeOffset? EnrolmentCodeExpiresAt, DateTimeOffset? InvitationExpiresAt,
    DateTimeOffset? DisabledAt, DateTimeOffset? RemovedAt)
    : PersonRow(Name, Subject, DisplayName, Connector, Email, Groups, Status, LiveSessions)
{
    public static ShownPersonRow Of(ShownPerson person) => new(
        person.Username, person.Id, person.DisplayName, person.Connector, person.Email, person.Groups, StatusOf(person.Status), person.LiveSessions,
        [.. person.Factors.Select(factor => factor.Name)], person.CreatedAt, person.GroupsReadAt, person.EnrolmentCodeExpiresAt, person.InvitationExpiresAt,
        person.DisabledAt, person.RemovedAt);
}
