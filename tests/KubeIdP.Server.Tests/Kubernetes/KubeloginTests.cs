using System.Buffers.Text;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using KubeIdP.Cli.Terminal;
using KubeIdP.Testing.Kubernetes;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Kubernetes;

/// <summary>kubelogin itself, as kubectl runs it, with a person's browser beside it.</summary>
public sealed partial class KubeloginTests
{
    private const string Kubelogin = "kubectl-oidc_login";

    private static readonly TimeSpan TokenLifetime = TimeSpan.FromSeconds(10);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kubelogin_signs_in_once_and_then_refreshes_silently()
    {
        KubernetesTests.SkipWithout(Kubelogin);
        await using var issuer = new IssuerProcess($"""
            issuer: https://localhost:{Ports.Free()}
            tokens:
              idTokenLifetime: {TokenLifetime}
            """);
        await issuer.StartAsync(Ct);
        var account = await issuer.AddAccountAsync("alice", Ct, "platform");
        using var browser = issuer.CreateBrowser();
        browser.StopAt = url => url.Scheme == Uri.UriSchemeHttp;

        using var first = Start(issuer);
        var local = await LocalAddressAsync(first);
        using var loopback = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
        using var opened = await loopback.GetAsync(local, Ct);
        var page = await account.SignInAsync(browser, opened.Headers.Location!, Ct);
        using var landed = await loopback.GetAsync(page.Redirect ?? throw new InvalidOperationException($"No code came. {page}"), Ct);
        var claims = await ClaimsAsync(first);

        await Task.Delay(TokenLifetime + TimeSpan.FromSeconds(1), Ct);
        using var second = Start(issuer);
        var refreshed = await ClaimsAsync(second);

        Assert.True((int)landed.StatusCode < 400, await landed.Content.ReadAsStringAsync(Ct));
        Assert.Equal("alice", claims.GetProperty("preferred_username").GetString());
        Assert.Equal(claims.GetProperty("sid").GetString(), refreshed.GetProperty("sid").GetString());
        Assert.True(refreshed.GetProperty("iat").GetInt64() > claims.GetProperty("iat").GetInt64());
        Assert.DoesNotMatch(Address(), await second.StandardError.ReadToEndAsync(Ct));
    }

    private static Process Start(IssuerProcess issuer) => Process.Start(new ProcessStartInfo(KubernetesPrograms.PathOf(Kubelogin),
    [
        "get-token", $"--oidc-issuer-url={issuer.Issuer.GetLeftPart(UriPartial.Authority)}", "--oidc-client-id=kubernetes",
        $"--certificate-authority={issuer.CaFile}",
        $"--token-cache-dir={Path.Combine(issuer.Folder, "kubelogin")}", "--skip-open-browser",
        $"--listen-address=127.0.0.1:{Ports.Free()}", "--authentication-timeout-sec=60",
    ])
    { RedirectStandardOutput = true, RedirectStandardError = true })!;

    /// <summary>"Please visit the following URL in your browser: http://localhost:8000/"</summary>
    internal static async Task<Uri> LocalAddressAsync(Process kubelogin)
    {
        var said = new StringBuilder();
        while (await kubelogin.StandardError.ReadLineAsync(Ct) is { } line)
        {
            if (Address().Match(line) is { Success: true } address) return new Uri(address.Value);
            said.AppendLine(line);
        }

        throw new InvalidOperationException($"kubelogin named no address:\n{said}");
    }

    /// <summary>The claims of the token in the ExecCredential that kubectl would read.</summary>
    private static async Task<JsonElement> ClaimsAsync(Process kubelogin)
    {
        var output = await kubelogin.StandardOutput.ReadToEndAsync(Ct);
        await kubelogin.WaitForExitAsync(Ct);
        Assert.True(kubelogin.ExitCode == 0, $"kubelogin ended with {kubelogin.ExitCode}: {output}");
        var token = JsonDocument.Parse(output).RootElement.GetProperty("status").GetProperty("token").GetString()!;
        return JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[1])).RootElement;
    }

    [GeneratedRegex(@"http://localhost:\d+/?")]
    private static partial Regex Address();
}
