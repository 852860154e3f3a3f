using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Authorize;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Login;

/// <summary>Sends the browser to an upstream by POST: a form that submits itself. Without scripts the person presses the button.</summary>
/// <param name="Address">The sign-in page of the upstream.</param>
/// <param name="Fields">What the browser sends there.</param>
/// <param name="Upstream">The upstream, as shown to the person.</param>
internal sealed record UpstreamForm(Uri Address, IReadOnlyDictionary<string, string> Fields, ConnectorId Upstream) : IResult
{
    private const string View = "/Login/UpstreamForm.cshtml";

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.AllowFormPost(Address.AbsoluteUri, FormPostPage.Script);
        return ModelView.ShowAsync(ModelView.ContextOf(httpContext), View, this, StatusCodes.Status200OK);
    }
}
