using System.Text.Json;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Naming;
using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Onboarding;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Administration;

/// <summary>
/// The acts of an administrator on one person that need a reason and at most one argument. A closed list, in the order in which pages offer
/// them. A new act needs a definition below, its texts, and a test; the pages, the API and the commands then have it automatically.
/// </summary>
internal enum PersonAct
{
    SetGroups,
    SetDisplayName,
    EndSessions,
    Unlock,
    Invite,
    ResetFactors,
    Disable,
    Enable,
    Remove,
}

/// <summary>The definition of an act, for pages, API and commands.</summary>
/// <param name="Act">The act.</param>
/// <param name="AuditEvent">The type of its audit event; one of <see cref="AuditEventType"/>.</param>
/// <param name="DoAsync">
/// Performs the act, given the subject, and a value of the kind of <see cref="Argument"/>. An issued secret is complete: the code, or the
/// whole link.
/// </param>
internal sealed record PersonActDefinition(
    PersonAct Act, string AuditEvent,
    Func<PersonActServices, PersonId, PersonActValue?, Actor, CancellationToken, Task<AccountChange>> DoAsync)
{
    /// <summary>The name of the command, and in the log, such as <c>reset-factors</c>.</summary>
    public string Name { get; } = JsonNamingPolicy.KebabCaseLower.ConvertName($"{Act}");

    /// <summary>The name in the address of the page and in the path of the API: what the act replaces, or its own name.</summary>
    public string Path => Argument?.Path ?? Name;

    /// <summary>What it replaces; null for acts that need only a reason. An act with an argument issues no secret.</summary>
    public PersonActArgument? Argument { get; init; }

    /// <summary>A sentence for the OpenAPI document and <c>--help</c>.</summary>
    public required string Summary { get; init; }

    /// <summary>The texts, given the user name.</summary>
    public required Func<string, PersonActTexts> Texts { get; init; }

    /// <summary>Whether it ends sessions, so that the reason can be shown to the person.</summary>
    public bool EndsSessions { get; init; }

    /// <summary>Whether it is refused for accounts of other upstreams.</summary>
    public bool IsForLocalAccounts { get; init; }

    /// <summary>Whether it is refused when it would remove the last administrator.</summary>
    public bool EndangersLastAdministrator { get; init; }

    /// <summary>The kind of secret that it issues; null for none.</summary>
    public IssuedSecretKind? Issues { get; init; }

    /// <summary>Whether the act makes sense for this person, who is not removed.</summary>
    public Func<ListedPerson, bool> MakesSense { get; init; } = _ => true;

    /// <summary>Whether to offer it on the page of the person. Whether it is allowed is decided when it is performed.</summary>
    public bool IsOfferedFor(ListedPerson person) =>
        person.Status is not PersonStatus.Removed && (person.IsLocal || !IsForLocalAccounts) && MakesSense(person);

    /// <summary>Whether a value is of the kind of <see cref="Argument"/>; null is right for an act without one.</summary>
    public bool Takes(PersonActValue? value) => (Argument, value) switch
    {
        (null, null) => true,
        (PersonActArgument.Names, PersonActValue.Names) => true,
        (PersonActArgument.Text, PersonActValue.Text) => true,
        _ => false,
    };
}

internal static class PersonActs
{
    public static IReadOnlyList<PersonActDefinition> All { get; } =
    [
        new(PersonAct.SetGroups, AuditEventType.GroupsChanged,
            (on, id, value, by, ct) => on.Accounts.SetGroupsAsync(id, ((PersonActValue.Names)value!).All, by, ct))
        {
            Summary = "Replace the groups of a local account. Tokens contain them from the next refresh on.",
            Argument = new PersonActArgument.Names("groups", "--group")
            {
                Description = "A group, which tokens will contain", Now = person => new PersonActValue.Names(person.Groups),
            },
            Texts = name => new(Texts.SetGroups, Texts.SetGroupsBefore, Texts.SetGroupsDone.With(name)) { Field = Texts.Groups },
            IsForLocalAccounts = true,
            EndangersLastAdministrator = true,
        },
        new(PersonAct.SetDisplayName, AuditEventType.DisplayNameChanged,
            (on, id, value, by, ct) => on.Accounts.SetDisplayNameAsync(id, ((PersonActValue.Text)value!).Content, by, ct))
        {
            Summary = "Replace the display name of a local account. Tokens contain it from the next refresh on.",
            Argument = new PersonActArgument.Text("displayName", TokenName.MaxLength)
            {
                Description = "The name that people read, such as \"Alice Example\"; the claim name in tokens",
                Now = person => new PersonActValue.Text(person.DisplayName),
            },
            Texts = name => new(Texts.SetDisplayName, Texts.SetDisplayNameBefore, Texts.SetDisplayNameDone.With(name))
            {
                Field = Texts.DisplayName, Hint = Texts.DisplayNameHint,
            },
            IsForLocalAccounts = true,
        },
        new(PersonAct.EndSessions, AuditEventType.SessionEnded, (on, id, _, by, ct) => on.Accounts.EndSessionsAsync(id, by, ct))
        {
            Summary = "End all sessions of a person. The person can sign in again.",
            Texts = name => new(
                Texts.EndSessions, Texts.EndSessionsBefore.With(name), Texts.EndSessionsDone.With(name),
                Texts.EndSessionsUnchanged.With(name)),
            EndsSessions = true,
            MakesSense = person => person.LiveSessions > 0,
        },
        new(PersonAct.Unlock, AuditEventType.LoginUnlocked, UnlockAsync)
        {
            Summary = "Clear the failed password attempts of a person, so that their next attempt is not delayed. "
                + "Failed second factors stay counted: see reset-factors.",
            Texts = name => new(Texts.Unlock, Texts.UnlockBefore.With(name), Texts.UnlockDone.With(name)),
        },
        new(PersonAct.Invite, AuditEventType.PersonInvited, InviteAsync)
        {
            Summary = "Create an invitation link for a local account. It replaces an earlier link; "
                + "with it the person sets a new password and a new second factor.",
            Texts = name => new(
                Texts.Invite, Texts.InviteBefore.With(name, LocalAccounts.InvitationLifetime.TotalHours), Texts.InviteDone.With(name)),
            IsForLocalAccounts = true,
            Issues = IssuedSecretKind.InvitationLink,
            MakesSense = person => person.Status is not PersonStatus.Disabled,
        },
        new(PersonAct.ResetFactors, AuditEventType.FactorsReset, (on, id, _, by, ct) => on.Accounts.ResetFactorsAsync(id, by, ct))
        {
            Summary = "Remove all second factors of a person and end all sessions. Returns an enrolment code for the next second factor.",
            Texts = name => new(Texts.ResetFactors, Texts.ResetFactorsBefore.With(name), Texts.ResetFactorsDone.With(name)),
            EndsSessions = true,
            Issues = IssuedSecretKind.EnrolmentCode,
        },
        new(PersonAct.Disable, AuditEventType.PersonDisabled, (on, id, _, by, ct) => on.Accounts.DisableAsync(id, by, ct))
        {
            Summary = "Prevent a person from signing in, and end all sessions. "
                + "Clusters that use token review refuse their tokens within seconds; other clusters accept them until they expire.",
            Texts = name => new(
                Texts.Disable, Texts.DisableBefore.With(name), Texts.DisableDone.With(name), Texts.DisableUnchanged.With(name)),
            EndsSessions = true,
            EndangersLastAdministrator = true,
            MakesSense = person => person.Status is not PersonStatus.Disabled,
        },
        new(PersonAct.Enable, AuditEventType.PersonEnabled, (on, id, _, by, ct) => on.Accounts.EnableAsync(id, by, ct))
        {
            Summary = "Let a disabled person sign in again.",
            Texts = name => new(Texts.Enable, Texts.EnableBefore.With(name), Texts.EnableDone.With(name), Texts.EnableUnchanged.With(name)),
            MakesSense = person => person.Status is PersonStatus.Disabled,
        },
        new(PersonAct.Remove, AuditEventType.PersonRemoved, (on, id, _, by, ct) => on.Accounts.RemoveAsync(id, by, ct))
        {
            Summary = $"Remove a local account. Its name stays reserved for {PersonStore.NameReservation.Days} days.",
            Texts = name => new(Texts.Remove, Texts.RemoveBefore.With(name, PersonStore.NameReservation.Days), Texts.RemoveDone.With(name)),
            EndsSessions = true,
            IsForLocalAccounts = true,
            EndangersLastAdministrator = true,
        },
    ];

    public static PersonActDefinition Of(PersonAct act) => All.Single(definition => definition.Act == act);

    /// <summary>By its <see cref="PersonActDefinition.Path"/>; null when there is none.</summary>
    public static PersonActDefinition? Find(string? path) => All.SingleOrDefault(definition => definition.Path == path);

    private static async Task<AccountChange> UnlockAsync(
        PersonActServices on, PersonId personId, PersonActValue? none, Actor by, CancellationToken ct)
    {
        if (await on.People.ReadAsync(personId, ct) is not { RemovedAt: null }) return new AccountChange.NotFound();

        await on.Throttle.ForgetAsync(personId, by.Did(AuditEventType.LoginUnlocked, personId), ct);
        return new AccountChange.Done();
    }

    private static async Task<AccountChange> InviteAsync(
        PersonActServices on, PersonId personId, PersonActValue? none, Actor by, CancellationToken ct)
    {
        var change = await on.Accounts.InviteAsync(personId, by, ct);
        return change is AccountChange.IssuedSecret made ? made with { Secret = Links.InvitationUrl(on.Issuer, made.Secret) } : change;
    }
}
