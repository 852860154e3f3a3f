using System.Globalization;
using System.Net.Mail;
using KubeIdP.Core.Naming;

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
        let fault = TokenName.FaultOf(named)
        where fault is not null
        select new AccountFault(AccountFaultKind.GroupNotAllowed, $"The group \"{named}\" {fault}.");

    public static AccountFault NameTaken(DateTimeOffset? reservedUntil) => new(AccountFaultKind.UsernameTaken, reservedUntil is { } until
        ? string.Create(CultureInfo.InvariantCulture, $"This user name was a removed person's and is reserved until {until:yyyy-MM-dd}.")
        : "This user name is taken.");

    private static IEnumerable<AccountFault> FaultsOfName(string username)
    {
        if (TokenName.FaultOf(username) is { } fault) yield return new(AccountFaultKind.UsernameNotAllowed, $"The user name {fault}.");
    }

    private static IEnumerable<AccountFault> FaultsOfEmail(string? email)
    {
        if (email is not null && (!MailAddress.TryCreate(email, out var parsed) || parsed.Address != email))
            yield return new(AccountFaultKind.EmailNotAllowed, "The e-mail address is not one.");
    }
}
