using System.Net;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Server.Tests.TokenReview;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Hosting;

/// <summary>Every address, with bodies that say in which encoding they are.</summary>
public sealed class BodyEncodingTests(ReviewingIssuerOnSqlite running) : ProtocolTests(running), IClassFixture<ReviewingIssuerOnSqlite>
{
    private const string Json = "application/json";
    private const string Form = "application/x-www-form-urlencoded";

    private static readonly IReadOnlyList<string> OfOpenIddict = ["/connect/token", "/connect/revoke", "/connect/userinfo",
        "/connect/authorize", "/connect/logout"];

    // .NET knows no UTF-7 any more; x is nobody's; UTF-16 it would read.
    [Theory]
    [InlineData($"{Json}; charset=utf-7", "{}")]
    [InlineData($"{Json}; charset=x", "{}")]
    [InlineData($"{Json}; charset=\"utf-8\"", "{}")]
    [InlineData($"{Form}; charset=utf-7", "a=b")]
    [InlineData($"{Form}; charset=\"UTF-7\"", "a=b")]
    public async Task No_encoding_that_a_body_names_is_a_fault_of_the_server(string type, string body)
    {
        var wrong = await AskEverywhereAsync(type, body, status => (int)status < 500);

        Assert.Equal([], wrong);
    }

    // What is within is seen by nobody before it is read.
    [Fact]
    public async Task A_form_in_parts_is_refused_everywhere()
    {
        const string Body =
            "--x\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Type: text/plain; charset=utf-7\r\n\r\nb\r\n--x--\r\n";

        Assert.Equal([], await AskEverywhereAsync("multipart/form-data; boundary=x", Body, status => status is HttpStatusCode.BadRequest));
    }

    // ISO-8859-1 is what Java's HttpClient of Apache says of its forms.
    [Theory]
    [InlineData("/k8s/token-review", $"{Json}; charset=\"UTF-8\"; x=y")]
    [InlineData("/k8s/token-review", $"{Json}; charset=utf8")]
    [InlineData("/k8s/token-review", $"{Json}; charset=utf-16")]
    [InlineData("/k8s/token-review", $"{Json}; charset=x; charset=utf-8")]
    [InlineData("/connect/revoke", $"{Form}; charset=ISO-8859-1")]
    [InlineData("/connect/revoke", $"{Form}; charset=utf-7")]
    [InlineData("/connect/revoke", $"{Form}; charset=utf-16")]
    public async Task A_body_is_read_as_Utf_8_whatever_it_says_of_itself(string path, string type)
    {
        using var response = await AskAsync(HttpMethod.Post, path, type, path.StartsWith("/k8s", StringComparison.Ordinal)
            ? """{"apiVersion":"authentication.k8s.io/v1","kind":"TokenReview","spec":{"token":"x"}}"""
            : "client_id=kubernetes&token=x");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private async Task<IReadOnlyList<string>> AskEverywhereAsync(string type, string body, Func<HttpStatusCode, bool> isRight)
    {
        var pages = Issuer.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/'));
        var paths = pages.Concat(OfOpenIddict).Distinct()
            .Select(path => string.Join('/', path.Split('/').Select(part => part.StartsWith('{') ? "x" : part))).ToList();
        Assert.True(paths.Count > 50, $"{paths.Count}");

        var wrong = new List<string>();
        foreach (var path in paths)
        {
            // A GET may have one as well, and a page binds what is in it.
            foreach (var method in (HttpMethod[])[HttpMethod.Post, HttpMethod.Get])
            {
                using var response = await AskAsync(method, path, type, body);
                if (!isRight(response.StatusCode)) wrong.Add($"{method} {path}: {response.StatusCode}");
            }
        }

        return wrong;
    }

    private async Task<HttpResponseMessage> AskAsync(HttpMethod method, string path, string type, string body)
    {
        using var request = new HttpRequestMessage(method,
            path) { Content = new ByteArrayContent(System.Text.Encoding.ASCII.GetBytes(body)) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        request.Headers.Authorization = new("Bearer", Reviewed.Credential);
        return await SendAsync(request);
    }
}
