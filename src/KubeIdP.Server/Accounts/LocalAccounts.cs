using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Naming;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Factors;
using KubeIdP.Data.People;
using KubeIdP.Server.Enrolment;
using Microsoft.AspNetCore.Identity;

namespace KubeIdP.Server.Accounts;

/// <summary>
/// Adds and changes local accounts. Disabling a person and resetting factors work for people of every upstream; groups, invitations,
/// passwords and removal only for local accounts.
/// </summary>
internal sealed class LocalAccounts(PersonReader reader, PersonStore people, PasswordHashing hashing, TimeProvider clock,
    ILogger<LocalAccounts> logger)
{
    public static readonly TimeSpan InvitationLifetime = TimeSpan.FromHours(24);

    public async Task<AddedAccount> AddAsync(NewAccount account, Actor by, CancellationToken ct)
    {
        var faults = AccountRules.FaultsOf(account);
        if (faults.Count > 0) return new AddedAccount.Refused(faults);

        var (code, token) = (EnrolmentCode.Create(), LinkToken.Create());
        var person = account.Password is { } password
            ? await WithPasswordAsync(NewPersonOf(account), password,
                ct) with { EnrolmentCode = new(EnrolmentCode.Hash(code), EnrolmentCode.Lifetime) }
            : NewPersonOf(account) with { Invitation = new(LinkToken.Hash(token), InvitationLifetime) };

        List<NewAuditEvent> audit = [by.Did(AuditEventType.PersonAdded, person.Id, person.Username)];
        if (person.Invitation is not null) audit.Add(by.Did(AuditEventType.PersonInvited, person.Id));
        if (await people.AddAsync(person, audit, ct) is NewPersonAnswer.NameTaken(var reservedUntil))
            return new AddedAccount.Refused([AccountRules.NameTaken(reservedUntil)]);

        logger.PersonAdded(person.Id);
        return account.Password is null
            ? new AddedAccount.Invited(person.Id, token, clock.GetUtcNow() + InvitationLifetime)
            : new AddedAccount.Added(person.Id, code, clock.GetUtcNow() + EnrolmentCode.Lifetime);
    }

    /// <summary>All faults of an account, including a user name that is taken; nothing is stored.</summary>
    public async Task<IReadOnlyList<AccountFault>> FaultsOfAsync(NewAccount account, CancellationToken ct)
    {
        var faults = AccountRules.FaultsOf(account);
        var taken = await people.WhoHasNameAsync(UserName.Normalize(account.Username), ct);
        return taken is null ? faults : [.. faults, AccountRules.NameTaken(taken.ReservedUntil)];
    }

    /// <summary>
    /// The person with this user name, also from another upstream, and also a removed person while the name is reserved. Null when there is
    /// nobody.
    /// </summary>
    public Task<Person?> FindAsync(string username, CancellationToken ct) => reader.FindByNameAsync(UserName.Normalize(username), ct);

    /// <summary>Whether the person has a password on this server.</summary>
    public async Task<bool> HasPasswordAsync(PersonId personId, CancellationToken ct) =>
        await reader.FindAsync(personId, ct) is { PasswordHash: not null };

    /// <summary>Creates a new invitation link; older links no longer work.</summary>
    public async Task<AccountChange> InviteAsync(PersonId personId, Actor by, CancellationToken ct)
    {
        var token = LinkToken.Create();
        var change = await people.InviteAsync(personId, new(LinkToken.Hash(token), InvitationLifetime), by, ct);
        return AnswerOf(change, new AccountChange.IssuedSecret(token, clock.GetUtcNow() + InvitationLifetime));
    }

    public async Task<AccountChange> DisableAsync(PersonId personId, Actor by, CancellationToken ct) =>
        AnswerOf(await people.DisableAsync(personId, by, ct), new AccountChange.Done());

    public async Task<AccountChange> EnableAsync(PersonId personId, Actor by, CancellationToken ct) =>
        AnswerOf(await people.EnableAsync(personId, by, ct), new AccountChange.Done());

    /// <summary>Replaces the groups; tokens contain them from the next refresh on.</summary>
    public async Task<AccountChange> SetGroupsAsync(PersonId personId, IReadOnlyList<string> groups, Actor by, CancellationToken ct)
    {
        var faults = AccountRules.FaultsOf(groups).Select(fault => fault.Message).ToList();
        if (faults.Count > 0) return new AccountChange.Refused(faults);

        return AnswerOf(await people.SetGroupsAsync(personId, Distinct(groups), by, ct), new AccountChange.Done());
    }

    /// <summary>Replaces the display name, or removes it with null; tokens contain it from the next refresh on.</summary>
    public async Task<AccountChange> SetDisplayNameAsync(PersonId personId, string? displayName, Actor by, CancellationToken ct)
    {
        var faults = AccountRules.FaultsOfDisplayName(displayName).Select(fault => fault.Message).ToList();
        if (faults.Count > 0) return new AccountChange.Refused(faults);

        return AnswerOf(await people.SetDisplayNameAsync(personId, displayName?.Normalize(), by, ct), new AccountChange.Done());
    }

    /// <summary>Removes all second factors and ends all sessions. The enrolment code allows to set up the next factor.</summary>
    public async Task<AccountChange> ResetFactorsAsync(PersonId personId, Actor by, CancellationToken ct)
    {
        var code = EnrolmentCode.Create();
        var change = await people.ResetFactorsAsync(personId, new(EnrolmentCode.Hash(code), EnrolmentCode.Lifetime), by, ct);
        return AnswerOf(change, new AccountChange.IssuedSecret(code, clock.GetUtcNow() + EnrolmentCode.Lifetime));
    }

    /// <summary>Ends all sessions; the person can sign in again.</summary>
    public async Task<AccountChange> EndSessionsAsync(PersonId personId, Actor by, CancellationToken ct) =>
        await people.EndSessionsAsync(personId, by, ct) switch
    {
        null => new AccountChange.NotFound(),
        [] => new AccountChange.Unchanged(),
        _ => new AccountChange.Done(),
    };

    public async Task<AccountChange> RemoveAsync(PersonId personId, Actor by, CancellationToken ct) =>
        AnswerOf(await people.RemoveAsync(personId, by, ct), new AccountChange.Done());

    /// <summary>
    /// For a person who changes their own password. It invalidates unfinished logins and ends all other sessions (ASVS 7.4.3: somebody who
    /// knew the old password may use one of them). The caller must throttle guesses of the current password.
    /// </summary>
    public async Task<PasswordChange> ChangePasswordAsync(FactorOwner owner, string current, string chosen, Actor by, CancellationToken ct)
    {
        if (current.Length is 0 or > PasswordRules.MaxLength) return new PasswordChange.WrongPassword();

        var person = await reader.FindAsync(owner.PersonId, ct);
        if (await hashing.VerifyAsync(person, current, ct) is not { } verdict) return new PasswordChange.Busy();
        if (person is null || verdict == PasswordVerificationResult.Failed) return new PasswordChange.WrongPassword();
        if (PasswordRules.FaultOf(chosen, person.UserName!) is { } fault) return new PasswordChange.NotAllowed(fault);

        // Replaces only the hash that was checked: of two changes at the same time, one fails because its password is no longer the current
        // one.
        var hash = await hashing.HashAsync(chosen, ct);
        if (!await people.ChangePasswordAsync(owner, person.PasswordHash!, hash, by, ct)) return new PasswordChange.WrongPassword();

        logger.PasswordChanged(owner.PersonId);
        return new PasswordChange.Changed();
    }

    /// <summary>The account as it will be stored, with a new subject. It must have been checked.</summary>
    public NewPerson NewPersonOf(NewAccount account) => new(
        new PersonId(Guid.CreateVersion7(clock.GetUtcNow()).ToString("N")), UserName.Compose(account.Username),
        UserName.Normalize(account.Username), account.Email, Distinct(account.Groups))
    {
        DisplayName = account.DisplayName?.Normalize(),
    };

    private async Task<NewPerson> WithPasswordAsync(NewPerson person, string password, CancellationToken ct) =>
        person with { PasswordHash = await hashing.HashAsync(password, ct) };

    private static IReadOnlyList<string> Distinct(IEnumerable<string> groups) => [.. groups.Distinct(StringComparer.Ordinal)];

    private static AccountChange AnswerOf(PersonChange change, AccountChange done) => change switch
    {
        PersonChange.Done => done,
        PersonChange.NothingToDo => new AccountChange.Unchanged(),
        PersonChange.NotFound => new AccountChange.NotFound(),
        PersonChange.NotLocal => new AccountChange.Refused(Texts.LivesElsewhere),
        PersonChange.Disabled => new AccountChange.Refused(Texts.IsDisabled),
        PersonChange.LastAdministrator => new AccountChange.Refused(Texts.LastAdministrator),
        _ => throw new InvalidOperationException("A change of an unknown outcome."),
    };
}
