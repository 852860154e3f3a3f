using System.Text;

namespace KubeIdP.Core.Naming;

/// <summary>
/// Of which script a letter or a mark is. .NET does not know; for names that mix scripts the blocks are enough: those of the scripts whose
/// letters are taken for one another, and for every other the 128 code points around it, which is how Unicode lays them out.
/// </summary>
internal static class Script
{
    public const string Latin = "Latin";
    public const string Greek = "Greek";
    public const string Hebrew = "Hebrew";

    /// <summary>Chinese, Japanese and Korean, which are written together.</summary>
    public const string EastAsian = "East Asian";

    private static readonly (int First, int Last, string Name)[] Blocks =
    [
        (0x0041, 0x02FF, Latin), (0x1D00, 0x1DBF, Latin), (0x1E00, 0x1EFF, Latin), (0x2C60, 0x2C7F, Latin), (0xA720, 0xA7FF, Latin),
        (0xAB30, 0xAB6F, Latin),
        (0x0370, 0x03FF, Greek), (0x1F00, 0x1FFF, Greek),
        (0x0400, 0x052F, "Cyrillic"), (0x1C80, 0x1C8F, "Cyrillic"), (0x2DE0, 0x2DFF, "Cyrillic"), (0xA640, 0xA69F, "Cyrillic"),
        (0x0530, 0x058F, "Armenian"), (0x0590, 0x05FF, Hebrew), (0xFB1D, 0xFB4F, Hebrew),
        (0x0600, 0x06FF, "Arabic"), (0x0750, 0x077F, "Arabic"), (0x0870, 0x08FF, "Arabic"), (0xFB50, 0xFDFF, "Arabic"),
        (0xFE70, 0xFEFF, "Arabic"),
        (0x10A0, 0x10FF, "Georgian"), (0x1C90, 0x1CBF, "Georgian"), (0x2D00, 0x2D2F, "Georgian"), (0x1200, 0x139F, "Ethiopic"),
        (0x2D80, 0x2DDF, "Ethiopic"),
        (0x0F00, 0x0FFF, "Tibetan"), (0x1000, 0x109F, "Myanmar"), (0xA9E0, 0xA9FF, "Myanmar"), (0xAA60, 0xAA7F, "Myanmar"),
        (0x1800, 0x18AF, "Mongolian"), (0x1A20, 0x1AAF, "Tai Tham"),
        (0x13A0, 0x13FF, "Cherokee"), (0xAB70, 0xABBF, "Cherokee"),
        (0x1100, 0x11FF, EastAsian), (0x2E80, 0x9FFF, EastAsian), (0xA960, 0xA97F, EastAsian), (0xAC00, 0xD7FF, EastAsian),
        (0xF900, 0xFAFF, EastAsian), (0x20000, 0x3FFFF, EastAsian),
    ];

    // Scripts.txt, "Inherited": the diacritical marks, and some of Arabic and Devanagari that other scripts write as well.
    private static readonly (int First, int Last)[] MarksOfAll =
    [
        (0x0300, 0x036F), (0x064B, 0x0655), (0x0670, 0x0670), (0x0951, 0x0954), (0x1AB0, 0x1AFF), (0x1CD0, 0x1CFF), (0x1DC0, 0x1DFF),
        (0x20D0, 0x20FF), (0xFE20, 0xFE2F),
    ];

    public static string Of(Rune letter) =>
        Blocks.Where(block => letter.Value >= block.First && letter.Value <= block.Last).Select(block => block.Name).FirstOrDefault()
            ?? $"{letter.Value >> 7:X}";

    /// <summary>A mark that is put on letters of any script.</summary>
    public static bool IsOfAll(Rune mark) => MarksOfAll.Any(block => mark.Value >= block.First && mark.Value <= block.Last);

    public static bool IsKanaOrHan(Rune letter) =>
        letter.Value is (>= 0x3005 and <= 0x3007) or (>= 0x3040 and <= 0x30FF) or (>= 0x31F0 and <= 0x31FF) or (>= 0x3400 and <= 0x9FFF)
            or (>= 0x20000 and <= 0x3FFFF);
}
