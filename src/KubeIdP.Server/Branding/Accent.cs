namespace KubeIdP.Server.Branding;

/// <summary>
/// The tones that follow from one accent colour. No colour is readable both on white and on the dark card (it would need a luminance below
/// 0.18 and above 0.23), so light pages show it as it is and dark pages a lighter tone.
/// </summary>
internal sealed record Accent(Rgb OnLight, Rgb OnLightStrong, Rgb OnDark, Rgb OnDarkStrong)
{
    /// <summary>WCAG 2.2 §1.4.3 (AA), for text of the usual size.</summary>
    public const double Readable = 4.5;

    private const double Step = 0.02;

    /// <summary>The backgrounds of text in the accent colour, as in the stylesheet: page, card and inset.</summary>
    public static readonly IReadOnlyList<Rgb> LightSurfaces = [Rgb.Parse("#eef1f6"), Rgb.White, Rgb.Parse("#f2f5fa")];
    public static readonly IReadOnlyList<Rgb> DarkSurfaces = [Rgb.Parse("#10141c"), Rgb.Parse("#1a202c"), Rgb.Parse("#121722")];

    /// <summary>The text of buttons.</summary>
    public static readonly Rgb TextOnLight = Rgb.White;
    public static readonly Rgb TextOnDark = Rgb.Parse("#0e1a38");

    public static Accent From(Rgb color)
    {
        var onDark = UntilReadable(color, Rgb.White, ContrastOnDark);
        return new Accent(color, color.MixedWith(Rgb.Black, 0.2), onDark, onDark.MixedWith(Rgb.White, 0.3));
    }

    /// <summary>
    /// The lowest of its contrasts on a light page: as text on each background, and as the background of a button's text.
    /// </summary>
    public static double ContrastOnLight(Rgb color) => LightSurfaces.Append(TextOnLight).Min(color.ContrastWith);

    public static double ContrastOnDark(Rgb color) => DarkSurfaces.Append(TextOnDark).Min(color.ContrastWith);

    /// <summary>The nearest darker tone that is readable on light pages.</summary>
    public static Rgb ReadableOnLight(Rgb color) => UntilReadable(color, Rgb.Black, ContrastOnLight);

    /// <summary>Overrides the stylesheet's own colours.</summary>
    public string ToCss() => $$"""

        :root { --accent: {{OnLight}}; --accent-strong: {{OnLightStrong}}; --on-accent: {{TextOnLight}}; }
        @media (prefers-color-scheme: dark) {
          :root { --accent: {{OnDark}}; --accent-strong: {{OnDarkStrong}}; --on-accent: {{TextOnDark}}; }
        }

        """;

    private static Rgb UntilReadable(Rgb color, Rgb towards, Func<Rgb, double> contrast)
    {
        var share = 0.0;
        while (contrast(color.MixedWith(towards, share)) < Readable) share += Step;
        return color.MixedWith(towards, share);
    }
}
