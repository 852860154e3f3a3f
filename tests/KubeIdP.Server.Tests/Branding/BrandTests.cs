using System.Net;
using System.Text.RegularExpressions;
using KubeIdP.Server.Branding;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Server.Web;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Time;
using Xunit;

namespace KubeIdP.Server.Tests.Branding;

public sealed partial class BrandTests : IDisposable
{
    private const string Svg =
        "<?xml version=\"1.0\"?><!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://x.invalid/svg11.dtd\"><svg "
        + "xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";

    private readonly TemporaryFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    // The first three from WCAG's own examples and from the usual checkers.
    [Theory]
    [InlineData("#000000", "#ffffff", 21)]
    [InlineData("#777777", "#ffffff", 4.48)]
    [InlineData("#767676", "#ffffff", 4.54)]
    [InlineData("#ff0000", "#ffffff", 4.00)]
    [InlineData("#2f5bd7", "#2f5bd7", 1)]
    public void Contrast_is_what_WCAG_computes(string one, string other, double ratio)
    {
        Assert.Equal(ratio, Rgb.Parse(one).ContrastWith(Rgb.Parse(other)), 0.01);
        Assert.Equal(ratio, Rgb.Parse(other).ContrastWith(Rgb.Parse(one)), 0.01);
    }

    [Theory]
    [InlineData("#2f5bd7")]
    [InlineData("#000000")]
    [InlineData("#8a1538")]
    [InlineData("#00695c")]
    public void Every_tone_of_a_good_accent_is_readable(string color)
    {
        var accent = Accent.From(Rgb.Parse(color));

        Assert.Empty(Check($"accentColor: \"{color}\""));
        Assert.Equal(color, $"{accent.OnLight}");
        Assert.All([accent.OnLight, accent.OnLightStrong], tone => Assert.True(Accent.ContrastOnLight(tone) >= 4.5, $"{tone}"));
        Assert.All([accent.OnDark, accent.OnDarkStrong], tone => Assert.True(Accent.ContrastOnDark(tone) >= 4.5, $"{tone}"));
    }

    [Fact]
    public void A_pale_accent_is_refused_with_its_ratio_and_a_tone_that_would_do()
    {
        var fault = Assert.Single(Check("accentColor: \"#ffcc00\""));

        Assert.Contains("its contrast is 1.33 : 1, and text needs at least 4.5 : 1", fault.What, StringComparison.Ordinal);
        Assert.Empty(Check($"accentColor: \"{HexColor().Match(fault.Fix).Value}\""));
    }

    [Theory]
    [InlineData("accentColor: red")]
    [InlineData("accentColor: \"#fff\"")]
    [InlineData("accentColor: \"#12345g\"")]
    [InlineData("accentColor: \"#123456;}\"")]
    [InlineData("accentColor: #123456")]
    [InlineData("name: \"\"")]
    [InlineData("name: \" \"")]
    [InlineData("name: \"a\\nb\"")]
    [InlineData("logoFile: absent.png")]
    [InlineData("logoFile: kubeidp.yaml")]
    public void What_can_not_be_shown_is_refused(string brand) => Assert.Single(Check(brand));

    [Fact]
    public void Name_notice_and_logo_have_their_bounds()
    {
        File.WriteAllBytes(folder.File("big.png"), [0x89, .. "PNG\r\n\x1a\n"u8, .. new byte[100 * 1024]]);

        Assert.Empty(Check($"name: {new string('n', 50)}\n  notice: {new string('x', 500)}"));
        Assert.Single(Check($"name: {new string('n', 51)}"));
        Assert.Single(Check($"notice: {new string('x', 501)}"));
        Assert.Contains("100 KB", Assert.Single(Check("logoFile: big.png")).Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void The_contrasts_are_computed_on_the_surfaces_that_the_stylesheet_has()
    {
        using var reader = new StreamReader(typeof(Stylesheet).Assembly.GetManifestResourceStream("kubeidp.css")!);
        var sheet = reader.ReadToEnd();

        foreach (var (name, index) in new[] { "ground", "card", "well" }.Select((name, index) => (name, index)))
        {
            var tones = Regex.Matches(sheet, $"--{name}: (#[0-9a-f]{{6}});").Select(match => match.Groups[1].Value);
            Assert.Equal([$"{Accent.LightSurfaces[index]}", $"{Accent.DarkSurfaces[index]}"], tones);
        }
    }

    [Fact]
    public async Task Pages_show_name_logo_colours_and_notice_within_the_content_security_policy()
    {
        await using var database = await TestDatabase.SqliteAsync(new FakeClock(), Ct);
        folder.Write("logo.svg", Svg);
        await using var issuer = await InMemoryIssuer.StartAsync(database, folder.Path, settings => settings with
        {
            Issuer = "https://idp.example.test/sso",
            Brand = new() { Name = "Acme <ID>", LogoFile = folder.File("logo.svg"), AccentColor = "#8a1538",
                Notice = "Ask <b>Jo</b>\nin room 7" },
        }, Ct);
        using var browser = issuer.CreateBrowser();

        var home = await browser.GoAsync("/sso/", Ct);
        var login = await browser.GoAsync(issuer.CreateClient().AuthorizeUrl(), Ct);
        var sheet = await browser.GoAsync(login.Document.QuerySelector("link[rel=stylesheet]")!.GetAttribute("href")!, Ct);
        var logo = await browser.GoAsync(login.Document.QuerySelector("header img")!.GetAttribute("src")!, Ct);

        Assert.Equal("Sign in – Acme <ID>", login.Title);
        Assert.Equal("Ask <b>Jo</b>\nin room 7", login.Document.QuerySelector(".brand-notice")!.TextContent);
        Assert.Null(home.Document.QuerySelector(".brand-notice"));
        Assert.Contains("--accent: #8a1538;", sheet.Content, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, "image/svg+xml"), (logo.Status, logo.Response.Content.Headers.ContentType?.MediaType));
        Assert.Equal("default-src 'none'; style-src 'unsafe-inline'; sandbox",
            logo.Response.Headers.GetValues("Content-Security-Policy").Single());
        Assert.True(logo.Response.Headers.CacheControl?.Public);
    }

    private SettingsFaults Check(string brand)
    {
        folder.Write(SettingsLoader.DefaultFile, $"brand:\n  {brand}");
        return SettingsLoader.Load(null, folder.Path, []) is SettingsAnswer.Unusable unusable ? unusable.Faults : new SettingsFaults([]);
    }

    [GeneratedRegex("#[0-9a-f]{6}")]
    private static partial Regex HexColor();
}
