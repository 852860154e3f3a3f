using KubeIdP.Server.Clients;
using KubeIdP.Server.Web;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace KubeIdP.Server.Authorize;

/// <summary>
/// Answers an authorization request by a form that the browser posts to the client (OAuth 2.0 Form Post Response Mode), which ASP.NET Core's own client asks for.
/// OpenIddict's page for it needs a script, and shows its button only where scripts are switched off.
/// </summary>
internal sealed class FormPost(ClientCatalog clients) : IOpenIddictServerHandler<ApplyAuthorizationResponseContext>
{
    public async ValueTask HandleAsync(ApplyAuthorizationResponseContext context)
    {
        if (context is not { RedirectUri: { Length: > 0 } address, ResponseMode: ResponseModes.FormPost }) return;

        var fields = context.Response.GetParameters().Select(parameter => (parameter.Key, Value: (string?)parameter.Value)).Where(field => !string.IsNullOrEmpty(field.Value));
        await new FormPostPage(address, clients.NameOf(context.Request!.ClientId!), [.. fields.Select(field => (field.Key, field.Value!))]).ShowAsync(context.Transaction.Http());
        context.HandleRequest();
    }
}

/// <param name="Address">The client's redirect URI, which OpenIddict has found good.</param>
/// <param name="Client">Its name, for the person to read.</param>
/// <param name="Fields">What it is told.</param>
internal sealed record FormPostPage(string Address, string Client, IReadOnlyList<(string Name, string Value)> Fields)
{
    private const string View = "/Authorize/FormPost.cshtml";

    /// <summary>Presses the button. Without scripts the person does.</summary>
    public static readonly InlineScript Script = new("document.forms[0].submit()");

    public Task ShowAsync(HttpContext http)
    {
        http.AllowFormPost(Address, Script);
        return ModelView.ShowAsync(ModelView.ContextOf(http), View, this, StatusCodes.Status200OK);
    }
}
