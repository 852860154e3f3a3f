using System.Globalization;
using System.Text.RegularExpressions;
using KubeIdP.Core.Upstreams;

namespace KubeIdP.Connectors.ActiveDirectory;

/// <summary>
/// Active Directory answers every refused bind with one code; the reason is a number in its words: <c>AcceptSecurityContext error, data
/// 52e</c>.
/// </summary>
internal static partial class BindSubCode
{
    /// <summary>Null when there is no number, or an unknown one.</summary>
    public static UpstreamAnswer.Refused? Read(string message)
    {
        var match = Data().Match(message);
        if (!match.Success
            || !int.TryParse(match.Groups[1].ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            return null;

        // The numbers are Windows' system error codes. It looks at the account's state only after the password was right, but for the
        // lock-out.
        return code switch
        {
            0x525 => new(Refusal.Unknown),
            0x52e => new(Refusal.WrongPassword),
            0x530 => Proven(Refusal.OutsideLogonHours),
            0x531 => Proven(Refusal.NotFromHere),
            0x532 => Proven(Refusal.PasswordExpired),
            0x533 => Proven(Refusal.Disabled),
            0x701 => Proven(Refusal.Expired),
            0x773 => Proven(Refusal.MustChangePassword),
            0x775 => new(Refusal.LockedOut),
            _ => null,
        };
    }

    private static UpstreamAnswer.Refused Proven(Refusal reason) => new(reason) { IdentityProven = true };

    [GeneratedRegex(@"\bdata ([0-9a-fA-F]{1,8})\b", RegexOptions.CultureInvariant)]
    private static partial Regex Data();
}
