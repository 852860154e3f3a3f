using System.Reflection;
using KubeIdP.Core.Naming;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;

namespace KubeIdP.Server.Web;

/// <summary>
/// Refuses a request to a page when a field contains a text that its kind does not allow: one line, unless <see cref="TextAttribute"/> says
/// otherwise. It checks all bound fields, so new fields are covered automatically. Invalid values of fields of other types are refused too:
/// if a filter were ignored, it would match everybody.
/// </summary>
internal sealed class BoundTextCheck : IPageFilter
{
    public void OnPageHandlerSelected(PageHandlerSelectedContext context)
    {
    }

    public void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
        var properties = context.ActionDescriptor.BoundProperties.OfType<PageBoundPropertyDescriptor>()
            .Select(field =>
                (Name: field.BindingInfo?.BinderModelName ?? field.Name, Value: field.Property.GetValue(context.HandlerInstance),
                    Declared: (ICustomAttributeProvider)field.Property));
        var parameters = (context.HandlerMethod?.Parameters ?? [])
            .Select(field =>
                (field.Name, Value: context.HandlerArguments.TryGetValue(field.Name, out var value) ? value : null,
                    Declared: (ICustomAttributeProvider)field.ParameterInfo));

        foreach (var (name, value, declared) in properties.Concat(parameters))
        {
            if (context.ModelState.GetFieldValidationState(name) is ModelValidationState.Invalid)
            {
                context.Result = RefuseValue(name);
                return;
            }

            if (value is not string text || OutsideText.HiddenIn(text, KindOf(declared)) is not { } hidden) continue;

            context.Result = new MessagePage(StatusCodes.Status400BadRequest, Texts.TextRefusedTitle,
                Texts.TextRefusedWhat.With(name, hidden), Texts.TextRefusedNext);
            return;
        }
    }

    public static MessagePage RefuseValue(string field) =>
        new(StatusCodes.Status400BadRequest, Texts.ValueRefusedTitle, Texts.ValueRefusedWhat.With(field), Texts.ValueRefusedNext);

    public void OnPageHandlerExecuted(PageHandlerExecutedContext context)
    {
    }

    private static TextKind KindOf(ICustomAttributeProvider declared) =>
        declared.GetCustomAttributes(typeof(TextAttribute), inherit: true) is [TextAttribute text] ? text.Kind : TextKind.Line;
}
