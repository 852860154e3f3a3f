using System.Globalization;
using System.Net.Mail;
using KubeIdP.Core.Naming;
using KubeIdP.Server.Shared;

namespace KubeIdP.Server.Directories;

/// <summary>What a local account may look like.</summary>
internal static class AccountRules
{
    public static IReadOnlyList<AccountFault> FaultsOf(NewAccount account) =>
    [
        .. FaultsOfName(account.Username),
        .. FaultsOf(account.Groups),
        .. FaultsOfEmail(account.Email),
        .. account.Password is { } password && PasswordRules.FaultOf(password, account.Username) is { } fault
            ? [new(AccountFaultKind.PasswordNotAllowed, fault)]
            : (ReadOnlySpan<AccountFault>)[],
    ];

    public static IEnumerable<AccountFault> FaultsOf(IEnumerable<string> groups) =>
        from named in groups
        let fault = FaultOf(Texts.TheGroup.With(named), named)
        where fault is not null
        select new AccountFault(AccountFaultKind.GroupNotAllowed, fault);

    public static AccountFault NameTaken(DateTimeOffset? reservedUntil) => new(AccountFaultKind.UsernameTaken, reservedUntil is { } until
        ? Texts.NameReserved.With(until.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))
        : Texts.NameTaken);

    private static IEnumerable<AccountFault> FaultsOfName(string username)
    {
        if (FaultOf(Texts.TheUsername, username) is { } fault) yield return new(AccountFaultKind.UsernameNotAllowed, fault);
    }

    /// <param name="subject">What the name is of, as a sentence begins with it.</param>
    private static string? FaultOf(string subject, string name) => TokenName.Check(name) switch
    {
        null => null,
        TokenNameFault.Empty => Texts.NameIsEmpty.With(subject),
        TokenNameFault.TooLong => Texts.NameIsTooLong.With(subject, TokenName.MaxLength),
        TokenNameFault.Reserved => Texts.NameIsReserved.With(subject),
        TokenNameFault.OuterSpace => Texts.NameHasOuterSpace.With(subject),
        TokenNameFault.ControlCharacter => Texts.NameHasControlCharacter.With(subject),
        _ => throw new InvalidOperationException("A name has an unknown fault."),
    };

    private static IEnumerable<AccountFault> FaultsOfEmail(string? email)
    {
        if (email is not null && (!MailAddress.TryCreate(email, out var parsed) || parsed.Address != email))
            yield return new(AccountFaultKind.EmailNotAllowed, Texts.NoEmail);
    }
}
