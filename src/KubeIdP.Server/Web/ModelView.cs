using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace KubeIdP.Server.Web;

/// <summary>Renders a view that is not a Razor Page, from any place that handles a request.</summary>
internal static class ModelView
{
    public static ActionContext ContextOf(HttpContext http) => new(http, http.GetRouteData(), new ActionDescriptor());

    public static Task ShowAsync<TModel>(ActionContext context, string view, TModel model, int status)
    {
        var services = context.HttpContext.RequestServices;
        var data = new ViewDataDictionary<TModel>(services.GetRequiredService<IModelMetadataProvider>(),
            new ModelStateDictionary()) { Model = model };
        var result = new ViewResult { ViewName = view, ViewData = data, StatusCode = status };
        return services.GetRequiredService<IActionResultExecutor<ViewResult>>().ExecuteAsync(context, result);
    }
}
