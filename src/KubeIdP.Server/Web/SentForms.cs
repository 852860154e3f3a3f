using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KubeIdP.Data.Forms;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace KubeIdP.Server.Web;

/// <summary>
/// Answers each form of our pages once. The same form sent again, by a second click, by reloading, after Back, at whichever replica, gets the answer of the
/// first and does nothing; and every answer is a redirect, so that Back and reloading never ask whether to send it again. The same form is: the same token
/// against forged forms, which each page gets anew, the same address, the same fields. Its digest is the key to the answer, which is kept protected for a few
/// minutes; the key is in the address of the browser that sent the form, the other half in its cookie, and neither is with us.
/// </summary>
/// <remarks>
/// As a resource filter it stands outside of everything that a page finds out about its visitor, for after the first time the visitor may have another
/// cookie or none; as a page filter it stands inside, where it is known who asks.
/// </remarks>
internal sealed class SentForms(SentFormStore store, IDataProtectionProvider protection, IOptions<AntiforgeryOptions> forgery, TimeProvider clock) : IAsyncResourceFilter, IAsyncPageFilter
{
    /// <summary>Where the browser is sent to see an answer: the key to it.</summary>
    public const string AnswerParameter = "answer";

    public const string UnfinishedPath = "/form-unfinished";

    private const int KeyLength = HMACSHA256.HashSizeInBytes;

    private static readonly HashSet<string> NotOfThePage = new([AnswerParameter, "handler"], StringComparer.OrdinalIgnoreCase);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>The second click waits so long for the first. Who waits longer is told that nobody knows what became of it.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>So long an answer counts that another try may change: enough for a second click.</summary>
    private static readonly TimeSpan OutageLifetime = TimeSpan.FromSeconds(10);

    public async Task OnResourceExecutionAsync(ResourceExecutingContext context, ResourceExecutionDelegate next)
    {
        var http = context.HttpContext;
        if (HttpMethods.IsPost(http.Request.Method)) await AnswerOnceAsync(context, next);
        else if (http.Request.Query.ContainsKey(AnswerParameter) && !await ShowAsync(http)) context.Result = new SeeOther(AddressOf(http.Request));
        else await next();
    }

    public Task OnPageHandlerSelectionAsync(PageHandlerSelectedContext context) => Task.CompletedTask;

    public async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var http = context.HttpContext;
        var sender = http.Features.Get<FormSender>();
        if (http.Features.Get<FormAnswer>() is { } shown)
        {
            context.Result = shown.Viewer == sender?.Viewer ? shown.Page! : new SeeOther(AddressOf(http.Request));
        }
        else if (http.Features.Get<Work>() is not { } work)
        {
            await next();
        }
        else if (context.HandlerMethod is null)
        {
            // There is no such form.
            context.Result = new SeeOther(AddressOf(http.Request));
        }
        else
        {
            // Of two that came at once the second waits here. When the first fails it is the first.
            work.IsShared = sender is null;
            while (!await store.BeginAsync(work.Form, work.IsShared, http.RequestAborted))
            {
                context.Result = await FindAnswerAsync(http, work);
                if (context.Result is not null) return;
            }

            work.IsOurs = true;
            await next();
        }
    }

    /// <summary>Whoever worked on the form has ended in the middle of it.</summary>
    public static MessagePage Unfinished => new(StatusCodes.Status409Conflict, Texts.UnfinishedTitle, Texts.UnfinishedWhat, Texts.UnfinishedNext);

    private static IActionResult LeadToUnfinished => new SeeOther($"~{UnfinishedPath}");

    private async Task AnswerOnceAsync(ResourceExecutingContext context, ResourceExecutionDelegate next)
    {
        var http = context.HttpContext;
        var work = new Work(KeyOf(http.Request, http.Request.HasFormContentType ? await http.Request.ReadFormAsync(http.RequestAborted) : FormCollection.Empty));
        if (await FindAnswerAsync(http, work) is { } answer)
        {
            context.Result = answer;
            return;
        }

        // With the second click the browser gives up the first request: what was begun is brought to its end all the same, for the second to be answered with.
        http.Features.Set(work);
        http.RequestAborted = CancellationToken.None;
        var body = http.Response.Body;
        using var page = new MemoryStream();
        http.Response.Body = page;
        ResourceExecutedContext executed;
        try
        {
            executed = await next();
        }
        finally
        {
            http.Response.Body = body;
        }

        if (executed.Exception is not null && !executed.ExceptionHandled)
        {
            if (work.IsOurs) await store.ForgetAsync(work.Form, CancellationToken.None);
        }
        else if (!work.IsOurs && await FindAnswerAsync(http, work) is { } first)
        {
            // Of two that came at once the first was done before the page looked who sent the second, and found nobody any more.
            RemovePage(http.Response);
            http.Response.Headers.Remove(HeaderNames.SetCookie);
            await first.ExecuteResultAsync(context);
        }
        else
        {
            await KeepAsync(http, work, page.ToArray());
        }
    }

    /// <summary>Turns what the page has answered into a redirect, and keeps both.</summary>
    private async Task KeepAsync(HttpContext http, Work work, byte[] body)
    {
        var response = http.Response;
        var isRedirect = response.StatusCode is >= 300 and < 400 && response.Headers.Location.Count == 1;
        var sender = http.Features.Get<FormSender>();

        // What a page says to everybody who may not use its forms, it says when it is looked at, too. Only who may look and not change must be told apart.
        if (!work.IsOurs && !isRedirect && sender is not null) work.IsOurs = await store.BeginAsync(work.Form, isShared: false, CancellationToken.None);
        var answer = new FormAnswer(
            isRedirect ? response.Headers.Location.ToString() : AddressOf(http.Request, work.IsOurs ? work.Key : null),
            [.. response.Headers.SetCookie.OfType<string>()],
            isRedirect ? null : new FormAnswerPage(response.StatusCode, response.ContentType, response.Headers.ContentDisposition, response.Headers.RetryAfter, body),
            sender?.Viewer);
        if (work.IsOurs)
        {
            // What belongs to no session is no longer there for the next person at the same browser than a second click needs.
            var lifetime = answer.Page?.Status >= StatusCodes.Status500InternalServerError ? OutageLifetime
                : answer.Viewer is null ? SentFormStore.SharedLifetime : SentFormStore.Lifetime;
            var kept = ProtectorOf(http.Request, work.Key).Protect(JsonSerializer.SerializeToUtf8Bytes(answer, JsonSerializerOptions.Default));
            if (work.IsShared && kept.Length > SentFormStore.MaxSharedAnswer) await store.ForgetAsync(work.Form, CancellationToken.None);
            else await store.AnswerAsync(work.Form, kept, lifetime, CancellationToken.None);
        }

        if (isRedirect) return;
        RemovePage(response);
        await new SeeOther(answer.Location).ExecuteAsync(http);
    }

    private static void RemovePage(HttpResponse response)
    {
        foreach (var header in (string[])[HeaderNames.ContentType, HeaderNames.ContentLength, HeaderNames.ContentDisposition, HeaderNames.RetryAfter]) response.Headers.Remove(header);
    }

    /// <summary>What the form was answered, once that is known; null when it was not sent before.</summary>
    private async Task<IActionResult?> FindAnswerAsync(HttpContext http, Work work)
    {
        for (var began = clock.GetTimestamp(); clock.GetElapsedTime(began) < Timeout; await Task.Delay(Interval, clock, http.RequestAborted))
        {
            switch (await store.FindAsync(work.Form, http.RequestAborted))
            {
                case null:
                    return null;
                case { Answer: { } kept }:
                    return Read(http.Request, work.Key, kept) ?? LeadToUnfinished;
            }
        }

        return LeadToUnfinished;
    }

    /// <summary>Puts the answer that the address asks for where the page looks for it; false when there is none.</summary>
    private async Task<bool> ShowAsync(HttpContext http)
    {
        if (http.Request.Query[AnswerParameter] is not [{ } text] || DecodeKey(text) is not { } key) return false;
        if (await store.FindAsync(SHA256.HashData(key), http.RequestAborted) is not { Answer: { } kept } || Read(http.Request, key, kept) is not { Page: not null } answer) return false;

        http.Features.Set(answer);
        return true;
    }

    private FormAnswer? Read(HttpRequest request, byte[] key, byte[] kept)
    {
        try
        {
            return JsonSerializer.Deserialize<FormAnswer>(ProtectorOf(request, key).Unprotect(kept), JsonSerializerOptions.Default);
        }
        catch (Exception fault) when (fault is CryptographicException or JsonException)
        {
            // Another browser's.
            return null;
        }
    }

    private IDataProtector ProtectorOf(HttpRequest request, byte[] key) =>
        protection.CreateProtector("KubeIdP.FormAnswer", Convert.ToHexString(key), Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(request.Cookies[forgery.Value.Cookie.Name!] ?? ""))));

    private byte[] KeyOf(HttpRequest request, IFormCollection form)
    {
        // What came with its token elsewhere than in a field is no form of our pages.
        if (form[forgery.Value.FormFieldName] is not [{ Length: > 0 } token]) return RandomNumberGenerator.GetBytes(KeyLength);

        using var digest = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(token));
        Add(request.Path.Value);
        Add(request.QueryString.Value);
        foreach (var (name, values) in form.OrderBy(field => field.Key, StringComparer.Ordinal))
        {
            foreach (var value in values)
            {
                Add(name);
                Add(value);
            }
        }

        return digest.GetHashAndReset();

        // With its length, or two fields could be taken for other two.
        void Add(string? text)
        {
            var bytes = Encoding.UTF8.GetBytes(text ?? "");
            Span<byte> length = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            digest.AppendData(length);
            digest.AppendData(bytes);
        }
    }

    private static byte[]? DecodeKey(string text)
    {
        var key = new byte[KeyLength];
        return text.Length == Base64Url.GetEncodedLength(KeyLength) && Base64Url.IsValid(text, out var length) && length == KeyLength && Base64Url.TryDecodeFromChars(text, key, out _) ? key : null;
    }

    /// <summary>The page that the form is on, with the answer to be shown there or with none.</summary>
    private static string AddressOf(HttpRequest request, byte[]? key = null)
    {
        var query = new QueryBuilder(request.Query.Where(parameter => !NotOfThePage.Contains(parameter.Key)));
        if (key is not null) query.Add(AnswerParameter, Base64Url.EncodeToString(key));
        return UriHelper.BuildRelative(request.PathBase, request.Path, query.ToQueryString());
    }

    /// <summary>A form that is being worked on.</summary>
    private sealed class Work(byte[] key)
    {
        public byte[] Key => key;

        /// <summary>What the database knows it by. The key does not follow from it.</summary>
        public byte[] Form { get; } = SHA256.HashData(key);

        /// <summary>Whether its sender has proven nothing.</summary>
        public bool IsShared { get; set; }

        /// <summary>Whether this request is the first with it.</summary>
        public bool IsOurs { get; set; }
    }
}
