using KubeIdP.Server.Web;

namespace KubeIdP.Server.Authorize;

/// <param name="Address">The redirect URI of the client, which OpenIddict has validated.</param>
/// <param name="Client">The name of the client, as shown to the person.</param>
/// <param name="Fields">The parameters of the response.</param>
internal sealed record FormPostPage(string Address, string Client, IReadOnlyList<(string Name, string Value)> Fields)
{
    private const string View = "/Authorize/FormPost.cshtml";

    /// <summary>Submits the form. Without scripts the person presses the button.</summary>
    public static readonly InlineScript Script = new("document.forms[0].submit()");

    public Task ShowAsync(HttpContext http)
    {
        http.AllowFormPost(Address, Script);
        return ModelView.ShowAsync(ModelView.ContextOf(http), View, this, StatusCodes.Status200OK);
    }
}
