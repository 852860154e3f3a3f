using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Enrolment;
using KubeIdP.Server.Onboarding;
using KubeIdP.Server.Throttling;

namespace KubeIdP.Server.Administration;

/// <summary>
/// What administrators do to people. Called by the pages, the API and the commands on the database, each with its actor and the reason that
/// they have required. The audit events are written where the data is changed, the log is written here, so both are the same for all of
/// them.
/// </summary>
internal sealed class PersonAdministration(LocalAccounts accounts, ThrottleReset throttle, PeopleSearch people, EnrolmentRollOut rollOut,
    PersonalRecords records, PersonErasure erasure, IssuerUrl issuer, ILogger<PersonAdministration> log)
{
    /// <summary>Whether a mail server is configured.</summary>
    public bool CanMailEnrolmentCodes => rollOut.CanMail;

    public async Task<AccountChange> DoAsync(PersonAct act, PersonId personId, Actor by, CancellationToken ct)
    {
        var definition = PersonActs.Of(act);
        var change = await definition.DoAsync(new PersonActServices(accounts, throttle, people, issuer), personId, by, ct);
        return Logged(change, definition.Name, personId, by);
    }

    /// <summary>Replaces the groups of a local account; tokens contain them from the next refresh on.</summary>
    public async Task<AccountChange> SetGroupsAsync(PersonId personId, IReadOnlyList<string> groups, Actor by, CancellationToken ct) =>
        Logged(await accounts.SetGroupsAsync(personId, groups, by, ct), "set-groups", personId, by);

    /// <summary>Replaces the display name of a local account; tokens contain it from the next refresh on.</summary>
    /// <param name="displayName">Null: none.</param>
    public async Task<AccountChange> SetDisplayNameAsync(PersonId personId, string? displayName, Actor by, CancellationToken ct) =>
        Logged(await accounts.SetDisplayNameAsync(personId, displayName, by, ct), "set-display-name", personId, by);

    public async Task<PersonAdded> AddAsync(NewAccount account, CancellationToken ct) => await accounts.AddAsync(account, ct) switch
    {
        AddedAccount.Invited made =>
            new PersonAdded.Done(made.PersonId, IssuedSecretKind.InvitationLink, Links.InvitationUrl(issuer, made.Token), made.ExpiresAt),
        AddedAccount.Added made =>
            new PersonAdded.Done(made.PersonId, IssuedSecretKind.EnrolmentCode, made.EnrolmentCode, made.EnrolmentCodeExpiresAt),
        AddedAccount.Refused(var faults) => new PersonAdded.Refused([.. faults.Select(fault => fault.Message)]),
        _ => throw new InvalidOperationException("An answer of an unknown kind."),
    };

    /// <inheritdoc cref="EnrolmentRollOut.OfferAsync"/>
    public async Task<EnrolmentAnswer> EnrolAsync(
        IReadOnlyList<string> names, string? connector, bool mailed, Actor by, CancellationToken ct)
    {
        var answer = await rollOut.OfferAsync(names, connector, mailed, by, ct);
        if (answer is EnrolmentAnswer.Done(var codes)) log.EnrolmentCodesMade(by.Name, codes.Codes.Count + codes.Mailed.Count);
        return answer;
    }

    /// <summary>All data stored about a person, except secrets; null when there is no such person.</summary>
    public async Task<PersonalRecord?> ExportAsync(PersonId personId, Actor by, CancellationToken ct)
    {
        var record = await records.ReadAsync(personId, by, ct);
        if (record is not null) log.ActPerformed(by.Name, "export", personId);
        return record;
    }

    /// <summary>Erases the data stored about a disabled or removed person.</summary>
    public async Task<Erasure> EraseAsync(PersonId personId, Actor by, CancellationToken ct)
    {
        var outcome = await erasure.EraseAsync(personId, by, ct);
        if (outcome is Erasure.Done) log.ActPerformed(by.Name, "erase", personId);
        return outcome;
    }

    private AccountChange Logged(AccountChange change, string act, PersonId personId, Actor by)
    {
        if (change is AccountChange.Done or AccountChange.IssuedSecret) log.ActPerformed(by.Name, act, personId);
        return change;
    }
}
