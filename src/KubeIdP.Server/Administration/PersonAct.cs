using System.Text.Json;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Onboarding;
using KubeIdP.Server.Throttling;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Administration;

/// <summary>
/// What an administrator does to one person and that needs no more than a reason. The closed list, in the order in which it is offered.
/// A new one has its definition below, its texts, and a test; the pages, the API and the commands have it by that.
/// </summary>
internal enum PersonAct
{
    EndSessions,
    Unlock,
    Invite,
    ResetFactors,
    Disable,
    Enable,
    Remove,
}

/// <summary>What an administrator hands to the person whom an act is about. It stands in one answer and nowhere else.</summary>
internal enum IssuedSecretKind
{
    InvitationLink,
    EnrolmentCode,
}

/// <summary>What the acts are done with.</summary>
internal sealed record PersonActServices(LocalAccounts Accounts, ThrottleReset Throttle, PeopleSearch People, IssuerUrl Issuer);

/// <summary>What pages, API and commands have to know of an act.</summary>
/// <param name="Act">Which it is.</param>
/// <param name="AuditEvent">The type of its audit event; one of <see cref="AuditEventType"/>.</param>
/// <param name="DoAsync">Does it, given the subject. What it hands out is all that the person needs: the code, or the link.</param>
internal sealed record PersonActDefinition(
    PersonAct Act, string AuditEvent, Func<PersonActServices, PersonId, Actor, CancellationToken, Task<AccountChange>> DoAsync)
{
    /// <summary>In the address of the page, in the path of the API, and as the command: <c>reset-factors</c>.</summary>
    public string Name { get; } = JsonNamingPolicy.KebabCaseLower.ConvertName($"{Act}");

    /// <summary>A sentence for the API's document and the command's help.</summary>
    public required string Summary { get; init; }

    /// <summary>Given the user name.</summary>
    public required Func<string, PersonActTexts> Texts { get; init; }

    /// <summary>Whether sessions end by it, so that there is somebody to tell the reason to.</summary>
    public bool EndsSessions { get; init; }

    /// <summary>Whether accounts of other upstreams are refused.</summary>
    public bool IsForLocalAccounts { get; init; }

    /// <summary>Whether it is refused to the last administrator, who could not be replaced.</summary>
    public bool EndangersLastAdministrator { get; init; }

    /// <summary>Null: nothing.</summary>
    public IssuedSecretKind? HandsOut { get; init; }

    /// <summary>Whether it makes sense for a person who is not removed.</summary>
    public Func<ListedPerson, bool> MakesSense { get; init; } = _ => true;

    /// <summary>Whether to offer it on the person's page. Whether it may be done is decided when it is.</summary>
    public bool IsOfferedFor(ListedPerson person) =>
        person.Status is not PersonStatus.Removed && (person.IsLocal || !IsForLocalAccounts) && MakesSense(person);
}

internal static class PersonActs
{
    public static IReadOnlyList<PersonActDefinition> All { get; } =
    [
        new(PersonAct.EndSessions, AuditEventType.SessionEnded, (on, id, by, ct) => on.Accounts.EndSessionsAsync(id, by, ct))
        {
            Summary = "End all sessions of a person, who may sign in again.",
            Texts = name => new(
                Texts.EndSessions, Texts.EndSessionsBefore.With(name), Texts.EndSessionsDone.With(name),
                Texts.EndSessionsUnchanged.With(name)),
            EndsSessions = true,
            MakesSense = person => person.LiveSessions > 0,
        },
        new(PersonAct.Unlock, AuditEventType.LoginUnlocked, UnlockAsync)
        {
            Summary = "Forget the wrong passwords that were typed for a person, so that nothing delays them. "
                + "Wrong second factors stay counted: see reset-factors.",
            Texts = name => new(Texts.Unlock, Texts.UnlockBefore.With(name), Texts.UnlockDone.With(name)),
        },
        new(PersonAct.Invite, AuditEventType.PersonInvited, InviteAsync)
        {
            Summary = "Make a new invitation link for a local account. It replaces an older one; "
                + "by it the person sets password and second factor anew.",
            Texts = name => new(
                Texts.Invite, Texts.InviteBefore.With(name, LocalAccounts.InvitationLifetime.TotalHours), Texts.InviteDone.With(name)),
            IsForLocalAccounts = true,
            HandsOut = IssuedSecretKind.InvitationLink,
            MakesSense = person => person.Status is not PersonStatus.Disabled,
        },
        new(PersonAct.ResetFactors, AuditEventType.FactorsReset, (on, id, by, ct) => on.Accounts.ResetFactorsAsync(id, by, ct))
        {
            Summary = "Take away all second factors of a person and end all sessions. The answer has an enrolment code for the next one.",
            Texts = name => new(Texts.ResetFactors, Texts.ResetFactorsBefore.With(name), Texts.ResetFactorsDone.With(name)),
            EndsSessions = true,
            HandsOut = IssuedSecretKind.EnrolmentCode,
        },
        new(PersonAct.Disable, AuditEventType.PersonDisabled, (on, id, by, ct) => on.Accounts.DisableAsync(id, by, ct))
        {
            Summary = "Bar a person from signing in, and end all sessions. "
                + "Clusters that ask about each token refuse theirs within seconds; the others do so when it expires.",
            Texts = name => new(
                Texts.Disable, Texts.DisableBefore.With(name), Texts.DisableDone.With(name), Texts.DisableUnchanged.With(name)),
            EndsSessions = true,
            EndangersLastAdministrator = true,
            MakesSense = person => person.Status is not PersonStatus.Disabled,
        },
        new(PersonAct.Enable, AuditEventType.PersonEnabled, (on, id, by, ct) => on.Accounts.EnableAsync(id, by, ct))
        {
            Summary = "Let a disabled person sign in again.",
            Texts = name => new(Texts.Enable, Texts.EnableBefore.With(name), Texts.EnableDone.With(name), Texts.EnableUnchanged.With(name)),
            MakesSense = person => person.Status is PersonStatus.Disabled,
        },
        new(PersonAct.Remove, AuditEventType.PersonRemoved, (on, id, by, ct) => on.Accounts.RemoveAsync(id, by, ct))
        {
            Summary = $"Remove a local account. Its name stays reserved for {PersonStore.NameReservation.Days} days.",
            Texts = name => new(Texts.Remove, Texts.RemoveBefore.With(name, PersonStore.NameReservation.Days), Texts.RemoveDone.With(name)),
            EndsSessions = true,
            IsForLocalAccounts = true,
            EndangersLastAdministrator = true,
        },
    ];

    public static PersonActDefinition Of(PersonAct act) => All.Single(definition => definition.Act == act);

    /// <summary>Null for what is the name of none.</summary>
    public static PersonActDefinition? Find(string? name) => All.SingleOrDefault(definition => definition.Name == name);

    private static async Task<AccountChange> UnlockAsync(PersonActServices on, PersonId personId, Actor by, CancellationToken ct)
    {
        if (await on.People.ReadAsync(personId, ct) is not { RemovedAt: null }) return new AccountChange.NotFound();

        await on.Throttle.ForgetAsync(personId, by.Did(AuditEventType.LoginUnlocked, personId), ct);
        return new AccountChange.Done();
    }

    private static async Task<AccountChange> InviteAsync(PersonActServices on, PersonId personId, Actor by, CancellationToken ct)
    {
        var change = await on.Accounts.InviteAsync(personId, by, ct);
        return change is AccountChange.IssuedSecret made ? made with { Secret = Links.InvitationUrl(on.Issuer, made.Secret) } : change;
    }
}
