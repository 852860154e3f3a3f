namespace KubeIdP.Server.Accounts;

/// <summary>The letters and digits of a password, in lower case. Predictable parts are crossed out step by step.</summary>
internal sealed class PredictableText
{
    private readonly string plain;

    private readonly bool[] crossedOut;

    public PredictableText(string password)
    {
        plain = Reduce(password);
        crossedOut = new bool[plain.Length];
    }

    /// <summary>
    /// How many different characters are not crossed out. Repeated characters count once: the "1" after each of ten words adds nothing.
    /// </summary>
    public int Left => plain.Where((_, i) => !crossedOut[i]).Distinct().Count();

    /// <summary>
    /// The characters that count: letters, digits, and symbols that replace letters. A text of symbols only is used as it is.
    /// </summary>
    public static string Reduce(string text)
    {
        var lower = text.ToLowerInvariant();
        var letters = string.Concat(lower.Where(c => char.IsLetterOrDigit(c) || c is '@' or '$'));
        return letters.Length > lower.Length / 3 ? letters : lower;
    }

    public bool IsRepetition(int longestPart) =>
        Enumerable.Range(1, Math.Min(longestPart, plain.Length - 1))
            .Any(part => Enumerable.Range(part, plain.Length - part).All(i => plain[i] == plain[i - part]));

    /// <summary>Crosses out repeated characters, and parts of these rows, forwards and backwards.</summary>
    public void CrossOutRuns(IReadOnlyList<string> rows, int shortest)
    {
        for (var start = 0; start < plain.Length; start++)
        {
            var end = rows.SelectMany(row => new[] { EndOfRun(start, row, 1), EndOfRun(start, row, -1) }).Append(EndOfSame(start)).Max();
            if (end - start >= shortest) Array.Fill(crossedOut, true, start, end - start);
        }
    }

    public void CrossOut(IEnumerable<string> words)
    {
        foreach (var word in words)
        {
            for (var start = 0; start + word.Length <= plain.Length; start++)
            {
                if (Stands(word, start)) Array.Fill(crossedOut, true, start, word.Length);
            }
        }
    }

    private bool Stands(string word, int start)
    {
        for (var i = 0; i < word.Length; i++)
        {
            if (!StandsFor(plain[start + i], word[i])) return false;
        }

        return true;
    }

    private int EndOfSame(int start)
    {
        var end = start + 1;
        while (end < plain.Length && plain[end] == plain[start]) end++;
        return end;
    }

    private int EndOfRun(int start, string row, int step)
    {
        // A row of keys may contain a character twice, like the 0 in the digits.
        var longest = start + 1;
        for (var at = row.IndexOf(plain[start], StringComparison.Ordinal); at >= 0; at = row.IndexOf(plain[start], at + 1))
        {
            var end = start;
            for (var key = at; end < plain.Length && key >= 0 && key < row.Length && plain[end] == row[key]; key += step) end++;
            longest = Math.Max(longest, end);
        }

        return longest;
    }

    // "p@ssw0rd" is "password"; a 1 is an i to some and an l to others.
    private static bool StandsFor(char typed, char letter) => typed == letter || (typed, letter) is
        ('0', 'o') or ('1', 'i') or ('1', 'l') or ('3', 'e') or ('4', 'a') or ('@', 'a') or ('5', 's') or ('$', 's') or ('7', 't');
}
