using Microsoft.AspNetCore.Mvc.Core.Infrastructure;
using Microsoft.AspNetCore.Mvc.Filters;

namespace KubeIdP.Server.Web;

/// <summary>Says it in words when a form is not one that this browser got from us; the framework's own answer is an empty 400.</summary>
internal sealed class ForgedFormPage : IAlwaysRunResultFilter
{
    public const string Path = "/form-refused";

    public static MessagePage Page => new(StatusCodes.Status400BadRequest, Texts.ForgedFormTitle, Texts.ForgedFormWhat, Texts.ForgedFormNext);

    public void OnResultExecuting(ResultExecutingContext context)
    {
        if (context.Result is IAntiforgeryValidationFailedResult) context.Result = context.HttpContext.WantsPage() ? new SeeOther($"~{Path}") : Page;
    }

    public void OnResultExecuted(ResultExecutedContext context)
    {
    }
}
