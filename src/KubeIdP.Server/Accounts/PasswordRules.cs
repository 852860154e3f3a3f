using System.Text;
using KubeIdP.Cli.Api;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Accounts;

/// <summary>
/// The rules for passwords: long, and not among those that are guessed first (NIST SP 800-63B §3.1.1.2). There are no composition rules.
/// Predictable parts (rows of keys, repetition, the names of user and product, common passwords) are crossed out, and the rest must be hard
/// to guess.
/// </summary>
internal static class PasswordRules
{
    public const int MinLength = 15;

    /// <summary>The time to hash grows with the length: a password of a megabyte would be an attack.</summary>
    public const int MaxLength = 1024;

    /// <summary>
    /// Fewer different characters besides the predictable parts are quickly guessed: a year, a digit, an exclamation mark.
    /// </summary>
    private const int MinUnpredictable = 6;

    /// <summary>"abcdeabcdeabcde" is no better than "abcde".</summary>
    private const int LongestRepeatedPart = 6;

    private const int ShortestRun = 3;

    private static readonly string[] Rows =
    [
        "abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop",
        "qsdfghjklm", "wxcvbn",
        "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "1q2w3e4r5t6y7u8i9o0p",
    ];

    private static readonly string[] ProductWords = ["kubeidp", "kubernetes", "kubectl", "kubeconfig", "openid"];

    private static readonly string[] CommonWords = ReadCommonWords();

    /// <summary>Null when the password is accepted, else a sentence for the person who chooses it, in their language.</summary>
    public static string? FaultOf(string password, string username)
    {
        if (password.Length > MaxLength || password.EnumerateRunes().Count() < MinLength)
            return Texts.PasswordLength.With(MinLength, MaxLength);

        // The hash does not distinguish trailing zeros, so LocalConnector refuses passwords with a NUL character.
        if (password.Contains('\0', StringComparison.Ordinal)) return Texts.PasswordHoldsZero;

        var text = new PredictableText(password);
        if (text.IsRepetition(LongestRepeatedPart)) return Texts.PasswordRepeats;

        text.CrossOutRuns(Rows, ShortestRun);
        if (text.Left < MinUnpredictable) return Texts.PasswordRow;

        text.CrossOut(NamesOf(username));
        if (text.Left < MinUnpredictable) return Texts.PasswordIsName;

        text.CrossOut([.. ProductWords, .. CommonWords]);
        return text.Left < MinUnpredictable ? Texts.PasswordIsCommon : null;
    }

    // The user name, and of an email address also the part before the @. Parts of two letters are ignored, because they occur in every
    // text.
    private static IEnumerable<string> NamesOf(string username) =>
        new[] { username, username.Split('@')[0] }.Select(PredictableText.Reduce).Where(name => name.Length > 2);

    private static string[] ReadCommonWords()
    {
        using var resource = typeof(PasswordRules).Assembly.GetManifestResourceStream("common-passwords.txt")
            ?? throw new InvalidOperationException("The list of common passwords is not in the assembly.");
        using var reader = new StreamReader(resource, Encoding.UTF8);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(line => !line.StartsWith('#')).OrderByDescending(word => word.Length)];
    }
}
