using System.Net.Http.Headers;
using Xunit;

namespace KubeIdP.Server.Tests.Protocol;

/// <summary>Errors say in words what is wrong. They don't send people to the documentation of OpenIddict.</summary>
public sealed class ErrorTests(IssuerOnSqlite running) : ProtocolTests(running), IClassFixture<IssuerOnSqlite>
{
    [Theory]
    [InlineData("GET", "/connect/authorize?client_id=web&redirect_uri=https://app.example.test/callback&response_type=code&prompt=nonsense",
        "")]
    [InlineData("GET", "/connect/authorize?client_id=web&redirect_uri=https://app.example.test/callback&response_type=code"
        + "&response_mode=form_post&prompt=nonsense", "")]
    [InlineData("GET",
        "/connect/authorize?client_id=web&redirect_uri=https://app.example.test/callback&response_type=code&prompt=none&scope=openid", "")]
    [InlineData("GET", "/connect/authorize?client_id=nobody", "")]
    [InlineData("PUT", "/connect/authorize", "")]
    [InlineData("GET", "/connect/token", "")]
    [InlineData("POST", "/connect/token", "grant_type=nonsense&client_id=kubernetes")]
    [InlineData("POST", "/connect/token", "grant_type=refresh_token&client_id=kubernetes&refresh_token=x")]
    [InlineData("POST", "/connect/token", "grant_type=refresh_token&client_id=web&client_secret=x&refresh_token=x")]
    [InlineData("POST", "/connect/revoke", "client_id=kubernetes")]
    [InlineData("POST", "/connect/revoke", "client_id=nobody&token=x")]
    [InlineData("POST", "/connect/revoke", "client_id=web&client_secret=x&token=x")]
    [InlineData("POST", "/connect/introspect", "client_id=web&client_secret=x&token=x")]
    [InlineData("POST", "/connect/introspect", "client_id=kubernetes&token=x")]
    [InlineData("POST", "/connect/introspect", "token=x&token=y")]
    [InlineData("GET", "/connect/introspect?token=x", "")]
    [InlineData("GET", "/connect/userinfo", "")]
    [InlineData("GET", "/connect/userinfo?access_token=x", "")]
    [InlineData("POST", "/connect/userinfo", "access_token=x")]
    [InlineData("GET", "/connect/logout?post_logout_redirect_uri=https://evil.example", "")]
    [InlineData("GET", "/connect/logout?client_id=nobody", "")]
    [InlineData("POST", "/.well-known/openid-configuration", "x=y")]
    [InlineData("POST", "/.well-known/jwks", "x=y")]
    public async Task No_error_leads_to_others_documentation(string method, string path, string form)
    {
        foreach (var bearer in (string?[])[null, "garbage"])
        {
            using var request = new HttpRequestMessage(new(method), path);
            if (form != "") request.Content = new StringContent(form, System.Text.Encoding.ASCII, "application/x-www-form-urlencoded");
            if (bearer is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);

            using var response = await SendAsync(request);

            var said = $"{response.Headers}{response.Content.Headers}{await response.Content.ReadAsStringAsync(Ct)}";
            Assert.False((int)response.StatusCode is 200 && !said.Contains("error", StringComparison.Ordinal), said);
            Assert.DoesNotContain("error_uri", said, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("openiddict", said, StringComparison.OrdinalIgnoreCase);
        }
    }

    // A stranger must not be able to cause a report of a bug or an outage.
    [Theory]
    [InlineData("application/x-www-form-urlencoded; charset=utf-7", "a=b")]
    [InlineData("application/x-www-form-urlencoded; charset=\"", "a=b")]
    [InlineData("application/x-www-form-urlencoded;;", "a=b")]
    [InlineData("application/x-www-form-urlencoded, text/plain", "a=b")]
    [InlineData("multipart/form-data; boundary=a", "a=b")]
    [InlineData("multipart/form-data; boundary=a", "--a\r\nContent-Disposition: form-data; name=")]
    [InlineData("multipart/form-data; boundary=a; charset=utf-7", "--a--\r\n")]
    [InlineData("multipart/form-data", "a=b")]
    public async Task A_form_that_cant_be_read_is_a_fault_of_its_sender(string type, string body)
    {
        foreach (var path in (string[])["/connect/authorize", "/connect/token", "/connect/revoke", "/connect/introspect",
            "/connect/userinfo", "/connect/logout", "/login", "/logout", "/invitation"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body) };
            request.Content.Headers.Remove("Content-Type");
            Assert.True(request.Content.Headers.TryAddWithoutValidation("Content-Type", type));

            using var response = await SendAsync(request);

            Assert.True((int)response.StatusCode is >= 300 and < 500, $"{path}: {response.StatusCode}");
        }

        Assert.DoesNotContain(Issuer.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_form_that_breaks_off_is_no_outage()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/connect/token") { Content = new BreakingOff() };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");

        try
        {
            using var answer = await SendAsync(request);
        }
        catch (Exception fault) when (fault is IOException or HttpRequestException)
        {
            // A person who has left may get no answer.
        }

        await Task.Delay(TimeSpan.FromMilliseconds(300), Ct);

        Assert.DoesNotContain(Issuer.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    /// <summary>As from a client whose connection is reset in the middle.</summary>
    private sealed class BreakingOff : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            await stream.WriteAsync("grant_type="u8.ToArray(), Ct);
            await stream.FlushAsync(Ct);
            throw new IOException("The connection was reset.");
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 100;
            return true;
        }
    }
}
