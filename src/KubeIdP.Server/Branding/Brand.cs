namespace KubeIdP.Server.Branding;

/// <summary>What the layout shows of the house that runs this server. Read once, at the start.</summary>
internal sealed class Brand(BrandOptions options)
{
    private static readonly Rgb OurAccent = Rgb.Parse("#2f5bd7");

    public string Name => options.Name;

    public Logo? Logo { get; } = options.LogoFile is { } file ? Logo.Read(file) : null;

    /// <summary>Null: the stylesheet's own colours.</summary>
    public Accent? Accent { get; } = options.AccentColor is { } color ? Accent.From(Rgb.Parse(color)) : null;

    /// <summary>The colour of our mark where no stylesheet reaches.</summary>
    public Rgb MarkColor => Accent?.OnLight ?? OurAccent;

    public string? Notice => options.Notice;
}
