using System.Globalization;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Branding;

internal static class BrandRules
{
    private const int MaxName = 50;
    private const int MaxNotice = 500;

    public static IEnumerable<SettingsFault> Check(BrandOptions brand) =>
        [.. CheckName(brand.Name), .. CheckLogo(brand.LogoFile), .. CheckAccent(brand.AccentColor), .. CheckNotice(brand.Notice)];

    private static IEnumerable<SettingsFault> CheckName(string name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > MaxName || name.Any(char.IsControl))
            yield return new("brand.name", $"The name has {name.Length} characters, or contains characters that can't be displayed.",
                $"Write 1 to {MaxName} characters on one line.");
    }

    private static IEnumerable<SettingsFault> CheckNotice(string? notice)
    {
        if (notice?.Length > MaxNotice)
            yield return new("brand.notice", $"The notice has {notice.Length} characters.", $"Shorten it to {MaxNotice}.");
    }

    private static List<SettingsFault> CheckLogo(string? file)
    {
        if (file is null) return [];
        if (FileRules.Readable("brand.logoFile", file).ToList() is { Count: > 0 } unreadable) return unreadable;
        if (new FileInfo(file).Length is var length && length > Logo.MaxBytes)
            return [new("brand.logoFile", $"{file} has {length / 1024} KB, which would make every page slow.",
                $"Make it smaller: at most {Logo.MaxBytes / 1024} KB.")];
        return Logo.Read(file) is null
            ? [new("brand.logoFile", $"{file} is neither a PNG nor an SVG.", "Save the logo in one of these two formats.")]
            : [];
    }

    private static IEnumerable<SettingsFault> CheckAccent(string? text)
    {
        if (text is null) yield break;

        if (Rgb.TryParse(text) is not { } color)
            yield return new("brand.accentColor", $"\"{text}\" is not a colour.",
                "Write # and six hexadecimal digits, in quotes: \"#2f5bd7\".");
        else if (Accent.ContrastOnLight(color) is var contrast && contrast < Accent.Readable)
            yield return new("brand.accentColor",
                $"{text} is hard to read on light pages: its contrast is {Ratio(contrast)}, and text needs at "
                + $"least {Ratio(Accent.Readable)} (WCAG AA).",
                $"Use a darker colour, such as \"{Accent.ReadableOnLight(color)}\"; dark pages use a lighter one automatically.");
    }

    // Rounded down: 4.499 is not 4.5.
    private static string Ratio(double contrast) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(contrast * 100) / 100:0.##} : 1");
}
