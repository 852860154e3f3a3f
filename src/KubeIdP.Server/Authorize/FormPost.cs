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
