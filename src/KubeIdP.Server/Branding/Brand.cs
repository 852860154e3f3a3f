namespace KubeIdP.Server.Branding;

/// <summary>The branding that the layout shows. Read once, at the start.</summary>
internal sealed class Brand(BrandOptions options)
{
    private static readonly Rgb OurAccent = Rgb.Parse("#2f5bd7");

    public string Name => options.Name;

    public Logo? Logo { get; } = options.LogoFile is { } file ? Logo.Read(file) : null;

    /// <summary>Null: the stylesheet's own colours.</summary>
    public Accent? Accent { get; } = options.AccentColor is { } color ? Accent.From(Rgb.Parse(color)) : null;

    /// <summary>The colour of the KubeIdP logo where the stylesheet does not apply.</summary>
    public Rgb MarkColor => Accent?.OnLight ?? OurAccent;

    public string? Notice => options.Notice;
}
