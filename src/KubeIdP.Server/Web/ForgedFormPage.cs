using Microsoft.AspNetCore.Mvc.Core.Infrastructure;
using Microsoft.AspNetCore.Mvc.Filters;

namespace KubeIdP.Server.Web;

/// <summary>Shows a page when the antiforgery check of a form fails; the framework itself responds with an empty 400.</summary>
internal sealed class ForgedFormPage : IAlwaysRunResultFilter
{
    public const string Path = "/form-refused";

    public static MessagePage Page =>
        new(StatusCodes.Status400BadRequest, Texts.ForgedFormTitle, Texts.ForgedFormWhat, Texts.ForgedFormNext);

    public void OnResultExecuting(ResultExecutingContext context)
    {
        if (context.Result is IAntiforgeryValidationFailedResult)
            context.Result = context.HttpContext.WantsPage() ? new SeeOther($"~{Path}") : Page;
    }

    public void OnResultExecuted(ResultExecutedContext context)
    {
    }
}
