using KubeIdP.Core.Naming;

namespace KubeIdP.Connectors.Ldap.Protocol;

/// <summary>How a server ended an operation.</summary>
/// <param name="Message">The server's own words; for logs and administrators, and on Active Directory the reason why a bind failed.</param>
internal sealed record LdapResult(LdapResultCode Code, string Message)
{
    // An administrator reads it: one line, of a length that fits a log.
    private const int LongestMessage = 300;

    /// <summary>Where the server sends whoever asks, with <see cref="LdapResultCode.Referral"/> (RFC 4511 §4.1.10).</summary>
    public IReadOnlyList<string> Referrals { get; init; } = [];

    /// <summary>What the server says of the password beside the result of a bind; null when nothing.</summary>
    public PasswordState? Password { get; init; }

    public bool IsSuccess => Code == LdapResultCode.Success;

    public override string ToString()
    {
        var words = OutsideText.Show(string.Concat(Message.Select(c => char.IsControl(c) ? ' ' : c)).Trim());
        var shown = words.Length > LongestMessage ? OutsideText.Cut(words, LongestMessage) + "…" : words;
        return shown == "" ? $"{Code} ({(int)Code})" : $"{Code} ({(int)Code}): {shown}";
    }
}
