using System.Text;
using KubeIdP.Core.Identifiers;
using KubeIdP.Server.Web;
using Microsoft.Extensions.Primitives;

namespace KubeIdP.Server.Authorize;

/// <summary>
/// Where requests come in that a login begins with, or comes back to: takes what the pages carried in <c>?login=</c> for the request itself, refuses one that is
/// too long to be carried, and sees to it that the browser's cookies stay within what a proxy takes.
/// </summary>
internal sealed class CarriedRequest(LoginCookies logins, Oversize oversize)
{
    /// <summary>
    /// In bytes, names and values of the parameters. Protected it is at most half as long again, and nginx takes 8 KiB of a line
    /// (<c>large_client_header_buffers</c>).
    /// </summary>
    private const int MaxRequest = 4 * 1024;

    /// <summary>In bytes. Encoded, a parameter is three times as long at the most, so a form beyond this is too long whatever is in it, and is not read.</summary>
    private const int MaxForm = 4 * MaxRequest;

    public async Task ApplyAsync(HttpContext http, RequestDelegate next)
    {
        if (logins.Heal(http, http.Request.Query[AuthorizeEndpoint.LoginParameter]) is { } healed) oversize.CookiesRemoved(healed.Length, healed.Removed, http.Reference());

        var refusal = http.Request.ContentLength > MaxForm && IsAt(http.Request, AuthorizeEndpoint.Path)
            ? Refuse(http, http.Request.ContentLength.Value)
            : Answer(http, await ParametersAsync(http));
        if (refusal is null) await next(http);
        else await refusal.ExecuteAsync(http);
    }

    /// <summary>Null when the request may go on.</summary>
    private IResult? Answer(HttpContext http, IEnumerable<KeyValuePair<string, StringValues>>? parameters)
    {
        if (parameters is null) return null;

        var request = http.Request;
        if (request.Query is { Count: 1 } query && query.ContainsKey(AuthorizeEndpoint.LoginParameter))
        {
            if (logins.Find(http, query[AuthorizeEndpoint.LoginParameter]) is not { } login || !IsAt(request, login.Endpoint)) return LoginOverModel.For(Identifier.OrNull<ClientId>(logins.ClientOf(query[AuthorizeEndpoint.LoginParameter])));

            request.QueryString = new QueryString($"{login.Query}&{AuthorizeEndpoint.LoginParameter}={login.Id}");
            return null;
        }

        var length = parameters.Sum(parameter => parameter.Value.Sum(value => Encoding.UTF8.GetByteCount(parameter.Key) + Encoding.UTF8.GetByteCount(value ?? "")));
        return length <= MaxRequest ? null : Refuse(http, length);
    }

    private MessagePage Refuse(HttpContext http, long length)
    {
        oversize.RequestRefused(length, MaxRequest, http.Reference());
        return new MessagePage(StatusCodes.Status400BadRequest, Texts.RequestTooLongTitle, Texts.RequestTooLongWhat.With(length, MaxRequest), Texts.RequestTooLongNext);
    }

    /// <summary>Null where no login begins.</summary>
    private static async Task<IEnumerable<KeyValuePair<string, StringValues>>?> ParametersAsync(HttpContext http)
    {
        if (IsAt(http.Request, SignInEndpoint.Path)) return http.Request.Query;
        if (!IsAt(http.Request, AuthorizeEndpoint.Path)) return null;

        return http.Request.HasFormContentType ? http.Request.Query.Concat(await http.Request.ReadFormAsync(http.RequestAborted)) : http.Request.Query;
    }

    // As routing and OpenIddict compare.
    private static bool IsAt(HttpRequest request, string path) => request.Path.StartsWithSegments(path, out var rest) && rest.Value is (null or "" or "/");
}
