namespace KubeIdP.Server.Branding;

/// <summary>The branding of the pages.</summary>
public sealed record BrandOptions
{
    /// <summary>The name in the header and the title of every page, at most 50 characters.</summary>
    public string Name { get; init; } = "KubeIdP";

    /// <summary>A PNG or SVG file of at most 100 KB, shown beside the name instead of the KubeIdP logo.</summary>
    public string? LogoFile { get; init; }

    /// <summary>
    /// The colour of links and buttons, as "#rrggbb" (in quotes, because # begins a comment in YAML). Light pages use it unchanged, so it
    /// must be readable there: a contrast of at least 4.5 : 1, as WCAG AA requires. Dark pages use a lighter tone of it.
    /// </summary>
    public string? AccentColor { get; init; }

    /// <summary>A plain text of at most 500 characters on the sign-in page, such as whom to ask for help.</summary>
    public string? Notice { get; init; }
}
