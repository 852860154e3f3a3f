using System.Net;
using System.Security.Cryptography.X509Certificates;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Time;
using Xunit;

namespace KubeIdP.Server.Tests.Clusters;

public sealed class HomeTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly FakeClock clock = new();
    private TestDatabase database = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => database = await TestDatabase.SqliteAsync(clock, Ct);

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_stranger_sees_what_this_is_and_nothing_of_the_clusters()
    {
        await using var issuer = await StartAsync();
        using var browser = issuer.CreateBrowser();

        var page = await browser.GoAsync("/", Ct);

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.True(page.Has("This server signs people in to Kubernetes clusters."));
        Assert.DoesNotContain("kubernetes-es", page.Content, StringComparison.Ordinal);
        Assert.Equal("/sign-in?return=%2F", page.Document.QuerySelector("a.button")!.GetAttribute("href"));
    }

    [Fact]
    public async Task The_certificate_authority_can_be_downloaded_by_anybody()
    {
        await using var issuer = await StartAsync();
        using var http = new HttpClient(issuer.CreateHandler()) { BaseAddress = issuer.Issuer };

        using var response = await http.GetAsync("/ca.crt", Ct);
        var pem = await response.Content.ReadAsStringAsync(Ct);
        using var authority = X509Certificate2.CreateFromPem(pem);

        Assert.Equal("application/x-pem-file", response.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("CN=KubeIdP local CA", authority.Subject, StringComparison.Ordinal);

        // As it stands in its file, and nothing else of that.
        var file = folder.File("tls/ca.crt");
        Assert.Equal(await File.ReadAllTextAsync(file, Ct), pem);
        await File.AppendAllTextAsync(file, "root:secret\n", Ct);
        Assert.Equal(pem, await http.GetStringAsync("/ca.crt", Ct));
    }

    [Fact]
    public async Task Behind_a_proxy_that_ends_TLS_there_is_no_authority_to_trust()
    {
        await using var issuer = await StartAsync(settings => settings with { Listen = ["http://127.0.0.1:8080"] });
        using var browser = issuer.CreateBrowser();

        var home = await browser.GoAsync("/", Ct);
        var authority = await browser.GoAsync("/ca.crt", Ct);

        Assert.DoesNotContain("certificate-authority", home.Content, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, authority.Status);
    }

    private Task<InMemoryIssuer> StartAsync(Func<Settings, Settings>? change = null) =>
        InMemoryIssuer.StartAsync(database, folder.Path, change, Ct);
}
