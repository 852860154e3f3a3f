using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Core.Infrastructure;
using Microsoft.AspNetCore.Mvc.Filters;

namespace KubeIdP.Server.Shared;

/// <summary>Says it in words when a form is not one that this browser got from us; the framework's own answer is an empty 400.</summary>
internal sealed class ForgedFormPage : IAlwaysRunResultFilter
{
    public void OnResultExecuting(ResultExecutingContext context)
    {
        if (context.Result is IAntiforgeryValidationFailedResult) context.Result = new MessagePage(
            StatusCodes.Status400BadRequest,
            "This form can’t be accepted",
            "The form has expired or was not sent from the page that we showed you. Nothing has been done.",
            "Go back, reload the page and try again. If cookies are blocked for this site, allow them.");
    }

    public void OnResultExecuted(ResultExecutedContext context)
    {
    }
}
