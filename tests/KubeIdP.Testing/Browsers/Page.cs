using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace KubeIdP.Testing.Browsers;

/// <summary>
/// What a <see cref="BrowserClient"/> shows: found, filled and pressed by the words that a person reads. Where a word is missing, the
/// exception lists the ones that are there.
/// </summary>
public sealed class Page(BrowserClient browser, HttpResponseMessage response, Uri url, Uri? redirect, string content, IDocument document)
{
    public BrowserClient Browser => browser;

    public Uri Url => url;

    public HttpStatusCode Status => response.StatusCode;

    public HttpResponseMessage Response => response;

    /// <summary>The address at which the browser stopped, see <see cref="BrowserClient.StopAt"/>; null for a page.</summary>
    public Uri? Redirect => redirect;

    /// <summary>Where the page leads to by itself, without a script; null for a page that stays.</summary>
    public Uri? LeadsTo =>
        document.QuerySelector("meta[http-equiv=refresh]")?.GetAttribute("content")?.Split("url=", 2) is [_, var target]
            ? new Uri(url, target)
            : null;

    /// <summary>The body as it came.</summary>
    public string Content => content;

    public IDocument Document => document;

    /// <summary>The text of the body, white space collapsed.</summary>
    public string Text => Words(document.Body);

    public string Title => document.Title ?? "";

    /// <summary>The parameters of <see cref="Redirect"/>, such as <c>code</c> and <c>state</c>.</summary>
    public IReadOnlyDictionary<string, string> RedirectParameters =>
        Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(
            (redirect ?? throw new InvalidOperationException($"No redirect but {Describe()}")).Query)
            .ToDictionary(pair => pair.Key, pair => pair.Value.ToString());

    public bool Has(string text) => Text.Contains(text, StringComparison.Ordinal);

    public bool HasButton(string text) => Buttons().Any(button => Caption(button) == text);

    public bool HasField(string label) => Labelled(label) is not null;

    /// <summary>What stands in the field of this label.</summary>
    public string ValueOf(string label) => Field(label) switch
    {
        IHtmlInputElement input => input.Value,
        IHtmlTextAreaElement area => area.Value,
        IHtmlSelectElement select => select.Value ?? "",
        IHtmlOutputElement output => Words(output),
        var other => throw new InvalidOperationException($"\"{label}\" is a {other.LocalName}."),
    };

    /// <summary>Types into a field, or chooses from a list by what the person reads there.</summary>
    public Page Fill(string label, string value)
    {
        switch (Field(label))
        {
            case IHtmlInputElement input:
                input.Value = value;
                break;
            case IHtmlTextAreaElement area:
                area.Value = value;
                break;
            case IHtmlSelectElement select:
                var option = select.Options.FirstOrDefault(option => Words(option) == value);
                (option ?? throw Missing("choice", value, select.Options.Select(Words))).IsSelected = true;
                break;
        }

        return this;
    }

    /// <summary>Ticks a box or a radio button.</summary>
    public Page Check(string label, bool on = true)
    {
        ((IHtmlInputElement)Field(label)).IsChecked = on;
        return this;
    }

    public async Task<Page> PressAsync(string button, CancellationToken ct) => await browser.LoadAsync(await FormAsync(button, ct), ct);

    /// <summary>What the browser sends when this button is pressed. Each call makes it anew, as a second click does.</summary>
    public async Task<HttpRequestMessage> FormAsync(string button, CancellationToken ct)
    {
        var pressed = Buttons().FirstOrDefault(candidate => Caption(candidate) == button)
            ?? throw Missing("button", button, Buttons().Select(Caption));
        if (pressed.IsDisabled()) throw new InvalidOperationException($"\"{button}\" is disabled on {Describe()}");

        var form = FormOf(pressed) ?? throw new InvalidOperationException($"\"{button}\" belongs to no form on {Describe()}");
        var submission = form.GetSubmission(pressed)
            ?? throw new InvalidOperationException($"The form of \"{button}\" sends nothing on {Describe()}");
        return await RequestAsync(submission, ct);
    }

    public Task<Page> FollowAsync(string link, CancellationToken ct)
    {
        var links = document.Links.OfType<IHtmlAnchorElement>().ToList();
        var followed = links.FirstOrDefault(candidate => Words(candidate) == link) ?? throw Missing("link", link, links.Select(Words));
        return browser.GoAsync(new Uri(followed.Href), ct);
    }

    public override string ToString() => Describe();

    private async Task<HttpRequestMessage> RequestAsync(AngleSharp.Io.DocumentRequest submission, CancellationToken ct)
    {
        var request = new HttpRequestMessage(new HttpMethod(submission.Method.ToString().ToUpperInvariant()),
            new Uri(submission.Target.Href));
        if (request.Method != HttpMethod.Post) return request;

        using var body = new MemoryStream();
        await submission.Body.CopyToAsync(body, ct);
        request.Content = new ByteArrayContent(body.ToArray());
        request.Content.Headers.TryAddWithoutValidation("Content-Type", submission.MimeType);

        // As a browser does with each POST: servers refuse forms of other origins by it.
        request.Headers.Add("Origin", url.GetLeftPart(UriPartial.Authority));
        request.Headers.Add("Sec-Fetch-Site",
            request.RequestUri!.GetLeftPart(UriPartial.Authority) == url.GetLeftPart(UriPartial.Authority) ? "same-origin" : "cross-site");
        return request;
    }

    private IHtmlElement Field(string label) =>
        Labelled(label) ?? throw Missing("field", label, document.QuerySelectorAll("label").Select(LabelText));

    private IHtmlElement? Labelled(string label) =>
        document.QuerySelectorAll<IHtmlLabelElement>("label").Where(candidate => LabelText(candidate) == label).Select(FieldOf)
            .FirstOrDefault()
        ?? document.QuerySelectorAll<IHtmlElement>("input, select, textarea")
        .FirstOrDefault(field => field.GetAttribute("aria-label") == label);

    // HTML §4.10.4: without "for", the first field inside.
    private static IHtmlElement? FieldOf(IHtmlLabelElement label) =>
        label.HasAttribute("for") ? label.Control : label.QuerySelector<IHtmlElement>("input:not([type=hidden]), select, textarea");

    private List<IHtmlElement> Buttons() =>
        [.. document.QuerySelectorAll<IHtmlElement>("button:not([type=button]):not([type=reset]), input[type=submit]")];

    private static string Caption(IHtmlElement button) =>
        button.GetAttribute("aria-label") ?? (button is IHtmlInputElement input ? input.Value : Words(button));

    private IHtmlFormElement? FormOf(IHtmlElement button) =>
        button.GetAttribute("form") is { } id
            ? document.GetElementById(id) as IHtmlFormElement
            : button.Closest("form") as IHtmlFormElement;

    private static string LabelText(IElement label)
    {
        // A field inside its label is no part of what the label says.
        var text = (IElement)label.Clone();
        foreach (var field in text.QuerySelectorAll("select, textarea").ToList())
            field.Remove();
        return Words(text);
    }

    private static string Words(INode? node) =>
        string.Join(' ', (node?.TextContent ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private InvalidOperationException Missing(string kind, string wanted, IEnumerable<string> present) =>
        new($"No {kind} \"{wanted}\" among \"{string.Join("\", \"", present)}\" on {Describe()}");

    private string Describe() =>
        $"{(int)response.StatusCode} {url}{(redirect is null ? "" : $" → {redirect}")}: {Text[..Math.Min(Text.Length, 400)]}";
}
