namespace KubeIdP.Server.Web;

/// <summary>Somebody who has proven something before they send the form of this request: a password, a link, a session.</summary>
/// <param name="Viewer">Whose the answer is: a session, or a login. Null: whoever sits at the browser that has sent the form.</param>
internal sealed record FormSender(string? Viewer);

internal static class FormSenderFeature
{
    /// <summary>To be called by a page once it has found who asks.</summary>
    public static void SetFormSender(this HttpContext http, string? viewer) => http.Features.Set(new FormSender(viewer));

    /// <summary>The answer to a form of this person that this request is to show; null when it is for anything else.</summary>
    public static FormAnswer? FindFormAnswer(this HttpContext http, string? viewer) => http.Features.Get<FormAnswer>() is { } answer && answer.Viewer == viewer ? answer : null;
}
