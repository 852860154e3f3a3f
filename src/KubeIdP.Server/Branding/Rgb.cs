using System.Globalization;

namespace KubeIdP.Server.Branding;

/// <summary>An sRGB colour, and how readable one is on another.</summary>
internal readonly record struct Rgb(byte R, byte G, byte B)
{
    public static readonly Rgb Black = new(0, 0, 0);
    public static readonly Rgb White = new(255, 255, 255);

    /// <summary>The relative luminance, WCAG 2.2 "relative luminance".</summary>
    private double Luminance => 0.2126 * Linear(R) + 0.7152 * Linear(G) + 0.0722 * Linear(B);

    /// <summary>Null unless the text is # and six hexadecimal digits.</summary>
    public static Rgb? TryParse(string text) =>
        text.Length == 7 && text[0] == '#'
            && int.TryParse(text.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? new Rgb((byte)(value >> 16), (byte)(value >> 8), (byte)value)
            : null;

    public static Rgb Parse(string text) => TryParse(text) ?? throw new FormatException($"\"{text}\" is not a colour.");

    /// <summary>From 1 (the same) to 21 (black on white), WCAG 2.2 "contrast ratio".</summary>
    public double ContrastWith(Rgb other)
    {
        var (lighter, darker) = (Math.Max(Luminance, other.Luminance), Math.Min(Luminance, other.Luminance));
        return (lighter + 0.05) / (darker + 0.05);
    }

    /// <param name="share">How much of the other, from 0 to 1.</param>
    public Rgb MixedWith(Rgb other, double share)
    {
        return new Rgb(Mix(R, other.R), Mix(G, other.G), Mix(B, other.B));

        byte Mix(byte mine, byte theirs) => (byte)Math.Round(mine + (theirs - mine) * share);
    }

    public override string ToString() => $"#{R:x2}{G:x2}{B:x2}";

    private static double Linear(byte channel)
    {
        var value = channel / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
    }
}
