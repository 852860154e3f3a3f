using KubeIdP.Server.Clients;
using KubeIdP.Server.Web;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace KubeIdP.Server.Authorize;

/// <summary>
/// Answers an authorization request with a form that the browser posts to the client (OAuth 2.0 Form Post Response Mode), which the client
/// of ASP.NET Core requests. OpenIddict's page for it needs a script, and shows its button only when scripts are disabled.
/// </summary>
internal sealed class FormPost(ClientCatalog clients) : IOpenIddictServerHandler<ApplyAuthorizationResponseContext>
{
    public async ValueTask HandleAsync(ApplyAuthorizationResponseContext context)
    {
        if (context is not { RedirectUri: { Length: > 0 } address, ResponseMode: ResponseModes.FormPost }) return;

        var fields = context.Response.GetParameters().Select(parameter => (parameter.Key, Value: (string?)parameter.Value))
            .Where(field => !string.IsNullOrEmpty(field.Value));
        await new FormPostPage(address, clients.NameOf(context.Request!.ClientId!), [.. fields.Select(field => (field.Key, field.Value!))])
            .ShowAsync(context.Transaction.Http());
        context.HandleRequest();
    }
}

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
