namespace KubeIdP.Ldap;

/// <summary>How a server ended an operation.</summary>
/// <param name="Message">The server's own words; for logs and administrators, and on Active Directory the reason why a bind failed.</param>
public sealed record LdapResult(LdapResultCode Code, string Message)
{
    // An administrator reads it: one line, of a length that fits a log.
    private const int MaxMessageLength = 300;

    /// <summary>Where the server refers the client, with <see cref="LdapResultCode.Referral"/> (RFC 4511 §4.1.10).</summary>
    public IReadOnlyList<string> Referrals { get; init; } = [];

    /// <summary>What the server says of the password beside the result of a bind; null when nothing.</summary>
    public PasswordState? Password { get; init; }

    public bool IsSuccess => Code == LdapResultCode.Success;

    /// <summary>
    /// The code and the server's words in one line, which are cut. They may hold characters that can't be seen: code that shows them takes
    /// care of it.
    /// </summary>
    public override string ToString()
    {
        var words = string.Concat(Message.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        var shown = words.Length > MaxMessageLength ? string.Concat(words.EnumerateRunes().Take(MaxMessageLength)) + "…" : words;
        return shown == "" ? $"{Code} ({(int)Code})" : $"{Code} ({(int)Code}): {shown}";
    }
}
