using KubeIdP.Cli.Api;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.People;
using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Onboarding;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Administration;

/// <summary>The definition of an act, for pages, API and commands: its form, and what the server knows of it.</summary>
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
    /// <summary>The act as its callers see it.</summary>
    public PersonActForm Form { get; } = PersonActForms.Of(Act);

    /// <inheritdoc cref="PersonActForm.Name"/>
    public string Name => Form.Name;

    /// <inheritdoc cref="PersonActForm.Path"/>
    public string Path => Form.Path;

    /// <inheritdoc cref="PersonActForm.Argument"/>
    public PersonActArgument? Argument => Form.Argument;

    /// <inheritdoc cref="PersonActForm.Summary"/>
    public string Summary => Form.Summary;

    /// <inheritdoc cref="PersonActForm.EndsSessions"/>
    public bool EndsSessions => Form.EndsSessions;

    /// <inheritdoc cref="PersonActForm.Issues"/>
    public IssuedSecretKind? Issues => Form.Issues;

    /// <summary>The present value of the argument, with which the page begins; null for acts without one.</summary>
    public Func<ListedPerson, PersonActValue>? Now { get; init; }

    /// <summary>The texts, given the user name.</summary>
    public required Func<string, PersonActTexts> Texts { get; init; }

    /// <summary>Whether it is refused for accounts of other upstreams.</summary>
    public bool IsForLocalAccounts { get; init; }

    /// <summary>Whether it is refused when it would remove the last administrator.</summary>
    public bool EndangersLastAdministrator { get; init; }

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
            Now = person => new PersonActValue.Names(person.Groups),
            Texts = name => new(Texts.SetGroups, Texts.SetGroupsBefore, Texts.SetGroupsDone.With(name)) { Field = Texts.Groups },
            IsForLocalAccounts = true,
            EndangersLastAdministrator = true,
        },
        new(PersonAct.SetDisplayName, AuditEventType.DisplayNameChanged,
            (on, id, value, by, ct) => on.Accounts.SetDisplayNameAsync(id, ((PersonActValue.Text)value!).Content, by, ct))
        {
            Now = person => new PersonActValue.Text(person.DisplayName),
            Texts = name => new(Texts.SetDisplayName, Texts.SetDisplayNameBefore, Texts.SetDisplayNameDone.With(name))
            {
                Field = Texts.DisplayName, Hint = Texts.DisplayNameHint,
            },
            IsForLocalAccounts = true,
        },
        new(PersonAct.EndSessions, AuditEventType.SessionEnded, (on, id, _, by, ct) => on.Accounts.EndSessionsAsync(id, by, ct))
        {
            Texts = name => new(
                Texts.EndSessions, Texts.EndSessionsBefore.With(name), Texts.EndSessionsDone.With(name),
                Texts.EndSessionsUnchanged.With(name)),
            MakesSense = person => person.LiveSessions > 0,
        },
        new(PersonAct.Unlock, AuditEventType.LoginUnlocked, UnlockAsync)
        {
            Texts = name => new(Texts.Unlock, Texts.UnlockBefore.With(name), Texts.UnlockDone.With(name)),
        },
        new(PersonAct.Invite, AuditEventType.PersonInvited, InviteAsync)
        {
            Texts = name => new(
                Texts.Invite, Texts.InviteBefore.With(name, LocalAccounts.InvitationLifetime.TotalHours), Texts.InviteDone.With(name)),
            IsForLocalAccounts = true,
            MakesSense = person => person.Status is not PersonStatus.Disabled,
        },
        new(PersonAct.ResetFactors, AuditEventType.FactorsReset, (on, id, _, by, ct) => on.Accounts.ResetFactorsAsync(id, by, ct))
        {
            Texts = name => new(Texts.ResetFactors, Texts.ResetFactorsBefore.With(name), Texts.ResetFactorsDone.With(name)),
        },
        new(PersonAct.Disable, AuditEventType.PersonDisabled, (on, id, _, by, ct) => on.Accounts.DisableAsync(id, by, ct))
        {
            Texts = name => new(
                Texts.Disable, Texts.DisableBefore.With(name), Texts.DisableDone.With(name), Texts.DisableUnchanged.With(name)),
            EndangersLastAdministrator = true,
            MakesSense = person => person.Status is not PersonStatus.Disabled,
        },
        new(PersonAct.Enable, AuditEventType.PersonEnabled, (on, id, _, by, ct) => on.Accounts.EnableAsync(id, by, ct))
        {
            Texts = name => new(Texts.Enable, Texts.EnableBefore.With(name), Texts.EnableDone.With(name), Texts.EnableUnchanged.With(name)),
            MakesSense = person => person.Status is PersonStatus.Disabled,
        },
        new(PersonAct.Remove, AuditEventType.PersonRemoved, (on, id, _, by, ct) => on.Accounts.RemoveAsync(id, by, ct))
        {
            Texts = name => new(Texts.Remove, Texts.RemoveBefore.With(name, PersonStore.NameReservation.Days), Texts.RemoveDone.With(name)),
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
