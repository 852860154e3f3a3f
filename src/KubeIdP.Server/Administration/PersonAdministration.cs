using KubeIdP.Cli.Api;
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

    /// <param name="value">Of the kind of the act's argument; null for an act without one.</param>
    public async Task<AccountChange> DoAsync(PersonAct act, PersonId personId, PersonActValue? value, Actor by, CancellationToken ct)
    {
        var definition = PersonActs.Of(act);
        if (!definition.Takes(value)) throw new ArgumentException($"{act} does not take this value.", nameof(value));

        var change = await definition.DoAsync(new PersonActServices(accounts, throttle, people, issuer), personId, value, by, ct);
        if (change is AccountChange.Done or AccountChange.IssuedSecret) log.ActPerformed(by.Name, definition.Name, personId);
        return change;
    }

    public async Task<PersonAdded> AddAsync(NewAccount account, Actor by, CancellationToken ct) =>
        await accounts.AddAsync(account, by, ct) switch
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
}
