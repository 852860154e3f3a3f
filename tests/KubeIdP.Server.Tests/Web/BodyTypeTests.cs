using System.Net;
using KubeIdP.Server.Tests.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Web;

/// <summary>A body that can't be read is the fault of its sender: no bug of the server, and no outage of the database.</summary>
public sealed class BodyTypeTests(IssuerOnSqlite running) : ProtocolTests(running), IClassFixture<IssuerOnSqlite>
{
    public static TheoryData<string, string, string> Bodies => new(
        from path in (string[])["/connect/token", "/connect/revoke", "/connect/userinfo", "/connect/authorize", "/connect/logout", "/login",
            "/api/v1/sessions/end"]
        from method in (string[])["POST", "GET"]
        from type in (string[])
        [
            "application/x-www-form-urlencoded; charset=\"",
            "application/x-www-form-urlencoded, text/plain", "application/x-www-form-urlencodedX", "application/x-www-form-urlencoded x",
            "multipart/form-data; boundary=x",
            "multipart/form-data", "Multipart/Form-Data; boundary=\"\"", "multipart/mixed; boundary=x",
        ]
        select (path, method, type));

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_form_of_a_type_that_nobody_reads_is_a_bad_request(string path, string method, string type)
    {
        using var request = new HttpRequestMessage(new(method),
            path) { Content = new ByteArrayContent("--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb=c"u8.ToArray()) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);

        using var response = await SendAsync(request);

        Assert.Equal((HttpStatusCode.BadRequest, "no-store"), (response.StatusCode, $"{response.Headers.CacheControl}"));
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded; charset=UTF-8")]
    [InlineData("application/x-www-form-urlencoded;charset=\"utf-8\"")]
    [InlineData("application/x-www-form-urlencoded; charset=ISO-8859-1")]
    [InlineData("application/x-www-form-urlencoded; charset=utf8")]
    [InlineData("APPLICATION/X-WWW-FORM-URLENCODED")]
    public async Task A_form_of_a_type_that_clients_send_is_read(string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post,
            "/connect/token") { Content =
                new ByteArrayContent("grant_type=refresh_token&client_id=kubernetes&refresh_token=x"u8.ToArray()) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);

        using var response = await SendAsync(request);

        Assert.Contains("invalid_grant", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }
}
