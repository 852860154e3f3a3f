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
/// Handles each form of the pages once. If the same form is sent again (a second click, a reload, after Back, on any replica), it gets the
/// first response and has no effect. Every response is a redirect, so that the browser never asks whether to send the form again. Forms are
/// the same when they have the same antiforgery token, which is new for each page, the same address and the same fields. Their digest is
/// the key to the response, which is stored protected for a few minutes. One half of the key is in the address in the browser that sent the
/// form, the other half in its cookie; the server stores neither.
/// </summary>
/// <remarks>
/// As a resource filter it runs before the page identifies its visitor, because after the first time the visitor may have another cookie or
/// none. As a page filter it runs after that, when the visitor is known.
/// </remarks>
internal sealed class SentForms(SentFormStore store, IDataProtectionProvider protection, IOptions<AntiforgeryOptions> forgery,
    TimeProvider clock) : IAsyncResourceFilter, IAsyncPageFilter
{
    /// <summary>The query parameter with the key, for showing a stored response.</summary>
    public const string AnswerParameter = "answer";

    public const string UnfinishedPath = "/form-unfinished";

    private const int KeyLength = HMACSHA256.HashSizeInBytes;

    private static readonly HashSet<string> NotOfThePage = new([AnswerParameter, "handler"], StringComparer.OrdinalIgnoreCase);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a second request waits for the first. After that the page reports that the result is unknown.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>How long a response is stored that another attempt may change: enough for a second click.</summary>
    private static readonly TimeSpan OutageLifetime = TimeSpan.FromSeconds(10);

    public async Task OnResourceExecutionAsync(ResourceExecutingContext context, ResourceExecutionDelegate next)
    {
        var http = context.HttpContext;
        if (HttpMethods.IsPost(http.Request.Method)) await AnswerOnceAsync(context, next);
        else if (http.Request.Query.ContainsKey(AnswerParameter) && !await ShowAsync(http))
            context.Result = new SeeOther(AddressOf(http.Request));
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
            // This request is not a form of a page.
            context.Result = new SeeOther(AddressOf(http.Request));
        }
        else
        {
            // Of two requests at the same time, the second waits here. If the first fails, the second is handled.
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

    /// <summary>The process that handled the form ended before it was done.</summary>
    public static MessagePage Unfinished =>
        new(StatusCodes.Status409Conflict, Texts.UnfinishedTitle, Texts.UnfinishedWhat, Texts.UnfinishedNext);

    private static IActionResult RedirectToUnfinished => new SeeOther($"~{UnfinishedPath}");

    private async Task AnswerOnceAsync(ResourceExecutingContext context, ResourceExecutionDelegate next)
    {
        var http = context.HttpContext;
        var work = new Work(
            KeyOf(http.Request,
                http.Request.HasFormContentType ? await http.Request.ReadFormAsync(http.RequestAborted) : FormCollection.Empty));
        if (await FindAnswerAsync(http, work) is { } answer)
        {
            context.Result = answer;
            return;
        }

        // With a second click the browser cancels the first request. It is completed anyway, because the second one gets its response.
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
            // Of two requests at the same time, the first was done before the page identified the sender of the second, and the sender was
            // no longer signed in.
            RemovePage(http.Response);
            http.Response.Headers.Remove(HeaderNames.SetCookie);
            await first.ExecuteResultAsync(context);
        }
        else
        {
            await StoreAsync(http, work, page.ToArray());
        }
    }

    /// <summary>Turns the result of the page into a redirect, and stores both.</summary>
    private async Task StoreAsync(HttpContext http, Work work, byte[] body)
    {
        var response = http.Response;
        var isRedirect = response.StatusCode is >= 300 and < 400 && response.Headers.Location.Count == 1;
        var sender = http.Features.Get<FormSender>();

        // A refusal of somebody without access is shown by the redirect target too, so it is not stored. If the sender is known but the
        // form was not handled (an auditor may view but not change), the refusal is stored here.
        if (!work.IsOurs && !isRedirect && sender is not null)
            work.IsOurs = await store.BeginAsync(work.Form, isShared: false, CancellationToken.None);
        var answer = new FormAnswer(
            isRedirect ? response.Headers.Location.ToString() : AddressOf(http.Request, work.IsOurs ? work.Key : null),
            [.. response.Headers.SetCookie.OfType<string>()],
            isRedirect ? null
                : new FormAnswerPage(response.StatusCode, response.ContentType, response.Headers.ContentDisposition,
                    response.Headers.RetryAfter, body),
            sender?.Viewer);
        if (work.IsOurs)
        {
            // A response without a session is stored only as long as a second click needs, because the next person may use the same
            // browser.
            var lifetime = answer.Page?.Status >= StatusCodes.Status500InternalServerError ? OutageLifetime
                : answer.Viewer is null ? SentFormStore.SharedLifetime : SentFormStore.Lifetime;
            var stored = ProtectorOf(http.Request, work.Key)
                .Protect(JsonSerializer.SerializeToUtf8Bytes(answer, JsonSerializerOptions.Default));
            if (work.IsShared && stored.Length > SentFormStore.MaxSharedAnswer) await store.ForgetAsync(work.Form, CancellationToken.None);
            else await store.AnswerAsync(work.Form, stored, lifetime, CancellationToken.None);
        }

        if (isRedirect) return;
        RemovePage(response);
        await new SeeOther(answer.Location).ExecuteAsync(http);
    }

    private static void RemovePage(HttpResponse response)
    {
        foreach (var header in (string[])[HeaderNames.ContentType, HeaderNames.ContentLength, HeaderNames.ContentDisposition,
            HeaderNames.RetryAfter])
            response.Headers.Remove(header);
    }

    /// <summary>The response to the form, when it is known; null when the form was not sent before.</summary>
    private async Task<IActionResult?> FindAnswerAsync(HttpContext http, Work work)
    {
        for (var began = clock.GetTimestamp(); clock.GetElapsedTime(began) < Timeout; await Task.Delay(Interval, clock,
            http.RequestAborted))
        {
            switch (await store.FindAsync(work.Form, http.RequestAborted))
            {
                case null:
                    return null;
                case { Answer: { } stored }:
                    return Read(http.Request, work.Key, stored) ?? RedirectToUnfinished;
            }
        }

        return RedirectToUnfinished;
    }

    /// <summary>Loads the response of the key in the address for the page; false when there is none.</summary>
    private async Task<bool> ShowAsync(HttpContext http)
    {
        if (http.Request.Query[AnswerParameter] is not [{ } text] || DecodeKey(text) is not { } key) return false;
        if (await store.FindAsync(SHA256.HashData(key), http.RequestAborted) is not { Answer: { } stored }
            || Read(http.Request, key, stored) is not { Page: not null } answer)
            return false;

        http.Features.Set(answer);
        return true;
    }

    private FormAnswer? Read(HttpRequest request, byte[] key, byte[] stored)
    {
        try
        {
            return JsonSerializer.Deserialize<FormAnswer>(ProtectorOf(request, key).Unprotect(stored), JsonSerializerOptions.Default);
        }
        catch (Exception fault) when (fault is CryptographicException or JsonException)
        {
            // The response belongs to another browser.
            return null;
        }
    }

    private IDataProtector ProtectorOf(HttpRequest request, byte[] key) =>
        protection.CreateProtector("KubeIdP.FormAnswer", Convert.ToHexString(key),
            Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(request.Cookies[forgery.Value.Cookie.Name!] ?? ""))));

    private byte[] KeyOf(HttpRequest request, IFormCollection form)
    {
        // A request with the token elsewhere than in a field is not a form of a page.
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

        // With its length; otherwise two different pairs of fields could have the same digest.
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
        return text.Length == Base64Url.GetEncodedLength(KeyLength) && Base64Url.IsValid(text, out var length) && length == KeyLength
            && Base64Url.TryDecodeFromChars(text, key, out _) ? key : null;
    }

    /// <summary>The address of the page of the form, with or without the key of a response.</summary>
    private static string AddressOf(HttpRequest request, byte[]? key = null)
    {
        var query = new QueryBuilder(request.Query.Where(parameter => !NotOfThePage.Contains(parameter.Key)));
        if (key is not null) query.Add(AnswerParameter, Base64Url.EncodeToString(key));
        return UriHelper.BuildRelative(request.PathBase, request.Path, query.ToQueryString());
    }

    /// <summary>A form that is being handled.</summary>
    private sealed class Work(byte[] key)
    {
        public byte[] Key => key;

        /// <summary>The id in the database, from which the key can't be derived.</summary>
        public byte[] Form { get; } = SHA256.HashData(key);

        /// <summary>Whether its sender is anonymous.</summary>
        public bool IsShared { get; set; }

        /// <summary>Whether this request is the first with this form.</summary>
        public bool IsOurs { get; set; }
    }
}
