using System.Globalization;
using System.Net.Mail;
using KubeIdP.Core.Naming;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Accounts;

/// <summary>The rules for local accounts.</summary>
internal static class AccountRules
{
    public static IReadOnlyList<AccountFault> FaultsOf(NewAccount account) =>
    [
        .. FaultsOfName(account.Username),
        .. FaultsOf(account.Groups),
        .. FaultsOfEmail(account.Email),
        .. FaultsOfDisplayName(account.DisplayName),
        .. account.Password is { } password && PasswordRules.FaultOf(password, account.Username) is { } fault
            ? [new(AccountFaultKind.PasswordNotAllowed, fault)]
            : (ReadOnlySpan<AccountFault>)[],
    ];

    public static IEnumerable<AccountFault> FaultsOf(IEnumerable<string> groups) =>
        from named in groups
        let fault = FaultOfName(Texts.TheGroup.With(OutsideText.Show(named)), named)
        where fault is not null
        select new AccountFault(AccountFaultKind.GroupNotAllowed, fault);

    /// <summary>Names that are refused here would be left out of tokens.</summary>
    public static IEnumerable<AccountFault> FaultsOfDisplayName(string? displayName)
    {
        if (displayName is not null && FaultOfName(Texts.TheDisplayName, displayName) is { } fault)
            yield return new(AccountFaultKind.DisplayNameNotAllowed, fault);
    }

    public static AccountFault NameTaken(DateTimeOffset? reservedUntil) => new(AccountFaultKind.UsernameTaken, reservedUntil is { } until
        ? Texts.NameReserved.With(until.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))
        : Texts.NameTaken);

    private static IEnumerable<AccountFault> FaultsOfName(string username)
    {
        string? fault = UserName.Check(username) switch
        {
            null => null,
            { Kind: UserNameFaultKind.Empty } => Texts.NameIsEmpty.With(Texts.TheUsername),
            { Kind: UserNameFaultKind.TooLong } => Texts.NameIsTooLong.With(Texts.TheUsername, TokenName.MaxLength),
            { Kind: UserNameFaultKind.Reserved } => Texts.NameIsReserved.With(Texts.TheUsername),
            { Kind: UserNameFaultKind.Space } => Texts.NameHasLooseSpace,
            { Kind: UserNameFaultKind.Character, Character: var character } => Texts.NameHasOtherCharacter.With(character),
            { Kind: UserNameFaultKind.Direction } => Texts.NameHasTwoDirections,
            _ => throw new InvalidOperationException("A user name has an unknown fault."),
        };
        if (fault is not null) yield return new(AccountFaultKind.UsernameNotAllowed, fault);
    }

    /// <param name="subject">What has the name; the beginning of the sentence.</param>
    private static string? FaultOfName(string subject, string name) => TokenName.Check(name) switch
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
        if (email is not null
            && (TokenName.HidesSomething(email) || !MailAddress.TryCreate(email, out var parsed) || parsed.Address != email))
            yield return new(AccountFaultKind.EmailNotAllowed, Texts.NoEmail);
    }
}
