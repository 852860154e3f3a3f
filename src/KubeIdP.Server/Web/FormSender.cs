namespace KubeIdP.Server.Web;

/// <summary>The sender of a form, who has already proven something: a password, a link, a session.</summary>
/// <param name="Viewer">The owner of the response: a session or a login. Null: anybody who uses the browser that sent the form.</param>
internal sealed record FormSender(string? Viewer);

internal static class FormSenderFeature
{
    /// <summary>Pages must call this when they have identified the visitor.</summary>
    public static void SetFormSender(this HttpContext http, string? viewer) => http.Features.Set(new FormSender(viewer));

    /// <summary>The stored response that this request shows to this person; null for other requests.</summary>
    public static FormAnswer? FindFormAnswer(this HttpContext http, string? viewer) =>
        http.Features.Get<FormAnswer>() is { } answer && answer.Viewer == viewer ? answer : null;
}
