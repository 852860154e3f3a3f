using System.Text;
using KubeIdP.Server.Web;
using Microsoft.Extensions.Primitives;

namespace KubeIdP.Server.Authorize;

/// <summary>
/// Handles the requests that start or continue a login: replaces <c>?login=</c> by the request that it carries, refuses a request that is
/// too long to be carried, and keeps the cookies of the browser below the limit of proxies.
/// </summary>
internal sealed class CarriedRequest(LoginCookies logins, Oversize oversize)
{
    /// <summary>
    /// In bytes, names and values of the parameters. The protected form is at most half as long again, and nginx accepts a request line of
    /// 8 KiB (<c>large_client_header_buffers</c>).
    /// </summary>
    private const int MaxRequest = 4 * 1024;

    /// <summary>
    /// In bytes. Encoding makes a parameter at most three times as long, so a longer form is too long in any case and is not read.
    /// </summary>
    private const int MaxForm = 4 * MaxRequest;

    public async Task ApplyAsync(HttpContext http, RequestDelegate next)
    {
        if (logins.Heal(http, http.Request.Query[AuthorizeEndpoint.LoginParameter]) is { } healed)
            oversize.CookiesRemoved(healed.Length, healed.Removed, http.Reference());

        var refusal = http.Request.ContentLength > MaxForm && IsAt(http.Request, AuthorizeEndpoint.Path)
            ? Refuse(http, http.Request.ContentLength.Value)
            : Answer(http, await ParametersAsync(http));
        if (refusal is null) await next(http);
        else await refusal.ExecuteAsync(http);
    }

    /// <summary>Null when the request may continue.</summary>
    private IResult? Answer(HttpContext http, IEnumerable<KeyValuePair<string, StringValues>>? parameters)
    {
        if (parameters is null) return null;

        var request = http.Request;
        if (request.Query is { Count: 1 } query && query.ContainsKey(AuthorizeEndpoint.LoginParameter))
        {
            if (logins.Find(http, query[AuthorizeEndpoint.LoginParameter]) is not { } login || !IsAt(request, login.Endpoint))
                return LoginOverModel.For(logins.ClientOf(query[AuthorizeEndpoint.LoginParameter]));

            request.QueryString = new QueryString($"{login.Query}&{AuthorizeEndpoint.LoginParameter}={login.Id}");
            return null;
        }

        var length = parameters.Sum(parameter =>
            parameter.Value.Sum(value => Encoding.UTF8.GetByteCount(parameter.Key) + Encoding.UTF8.GetByteCount(value ?? "")));
        return length <= MaxRequest ? null : Refuse(http, length);
    }

    private MessagePage Refuse(HttpContext http, long length)
    {
        oversize.RequestRefused(length, MaxRequest, http.Reference());
        return new MessagePage(StatusCodes.Status400BadRequest, Texts.RequestTooLongTitle,
            Texts.RequestTooLongWhat.With(length, MaxRequest), Texts.RequestTooLongNext);
    }

    /// <summary>Null when the request does not start a login.</summary>
    private static async Task<IEnumerable<KeyValuePair<string, StringValues>>?> ParametersAsync(HttpContext http)
    {
        if (IsAt(http.Request, SignInEndpoint.Path)) return http.Request.Query;
        if (!IsAt(http.Request, AuthorizeEndpoint.Path)) return null;

        return http.Request.HasFormContentType
            ? http.Request.Query.Concat(await http.Request.ReadFormAsync(http.RequestAborted))
            : http.Request.Query;
    }

    // Compares like routing and OpenIddict.
    private static bool IsAt(HttpRequest request, string path) =>
        request.Path.StartsWithSegments(path, out var rest) && rest.Value is (null or "" or "/");
}
