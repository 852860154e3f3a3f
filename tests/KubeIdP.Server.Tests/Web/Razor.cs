using System.Text;
using System.Text.RegularExpressions;

namespace KubeIdP.Server.Tests.Web;

/// <summary>
/// Distinguishes a page's markup from its code, as far as the server's pages need it: expressions, blocks and conditions.
/// </summary>
internal static partial class Razor
{
    /// <summary>The markup with everything else taken out, and what was taken out.</summary>
    public static (string Markup, IReadOnlyList<string> Code) Split(string source)
    {
        var text = Directive().Replace(source, "");
        var (markup, code) = (new StringBuilder(), new List<string>());
        for (var i = 0; i < text.Length;)
        {
            if (LengthOfCode(text, i) is var length and > 0)
            {
                code.Add(text.Substring(i, length));
                i += length;
            }
            else
            {
                markup.Append(text[i++]);
            }
        }

        return (markup.ToString(), code);
    }

    /// <summary>From an opening bracket to the one that closes it; strings may hold brackets.</summary>
    public static string Balanced(string text, int start)
    {
        var (depth, quoted) = (0, false);
        for (var i = start; i < text.Length; i++)
        {
            if (text[i] == '"' && text[i - 1] != '\\') quoted = !quoted;
            if (quoted) continue;

            if (text[i] is '(' or '{' or '[') depth++;
            if (text[i] is ')' or '}' or ']' && --depth == 0) return text[start..(i + 1)];
        }

        throw new FormatException($"Nothing closes \"{text[start..Math.Min(start + 40, text.Length)]}\"");
    }

    /// <summary>Of a call, from its opening bracket to its closing one; "" is none.</summary>
    public static int CountArguments(string call)
    {
        if (call.Length <= 2) return 0;

        var (depth, quoted, commas) = (0, false, 0);
        foreach (var c in call)
        {
            if (c == '"') quoted = !quoted;
            if (quoted) continue;

            if (c is '(' or '{' or '[') depth++;
            if (c is ')' or '}' or ']') depth--;
            if (c == ',' && depth == 1) commas++;
        }

        return commas + 1;
    }

    private static int LengthOfCode(string text, int start)
    {
        if (Condition().Match(text, start) is { Success: true } condition && condition.Index == start)
            return condition.Value.EndsWith('(')
                ? condition.Length - 1 + Balanced(text, start + condition.Length - 1).Length
                : condition.Length;
        if (text[start] != '@') return 0;
        if (text[start + 1] is '{' or '(') return 1 + Balanced(text, start + 1).Length;

        // @Name, then as many .Name, (…) and […] as follow.
        var end = start + 1;
        while (end < text.Length)
        {
            if (char.IsLetterOrDigit(text[end]) || text[end] == '_') end++;
            else if (text[end] is '(' or '[') end += Balanced(text, end).Length;
            else if (text[end] is '.' && end + 1 < text.Length && char.IsLetter(text[end + 1])) end++;
            else break;
        }

        return end - start > 1 ? end - start : 0;
    }

    [GeneratedRegex(@"^@(page|model|using|inject|namespace|addTagHelper)\b.*$", RegexOptions.Multiline)]
    private static partial Regex Directive();

    // Inside a block they stand without "@", at the beginning of a line.
    [GeneratedRegex(
        @"@(if|foreach|for|while|switch) \(|(?<=^\s*)((else )?if|foreach|for|while|switch) \(|(?<=^\s*)else\b|(?<=^\s*)var [^;]+;",
        RegexOptions.Multiline)]
    private static partial Regex Condition();
}
