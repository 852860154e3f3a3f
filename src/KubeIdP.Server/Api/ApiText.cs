using System.Reflection;
using KubeIdP.Core.Naming;

namespace KubeIdP.Server.Api;

/// <summary>
/// Refuses a call in which any text, of the address, the query or the body, is none that its kind allows: a line, unless <see cref="TextAttribute"/> says
/// otherwise. It looks at whatever an endpoint of the API takes, so that a new field has the check without anybody's doing. A moment of the query is held to
/// its form as well, for the framework takes 03/04 and 9:00.
/// </summary>
internal static class ApiText
{
    public static ValueTask<object?> CheckAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var route = http.Request.RouteValues.Select(value => FaultIn(value.Key, value.Value, TextKind.Line));
        var query = http.Request.Query.SelectMany(parameter => parameter.Value.Select(value => FaultIn(OutsideText.Show(parameter.Key), value, TextKind.Line)));
        var bound = context.Arguments.Where(IsOfApi).Select(argument => FaultIn("", argument, TextKind.Line));
        var moments = context.Arguments.Where(IsOfApi).SelectMany(argument => argument!.GetType().GetProperties()).Where(property => property.PropertyType == typeof(DateTimeOffset?))
            .Select(property => NameIn("", property)).SelectMany(name => http.Request.Query[name].OfType<string>().Select(text => ApiMoment.FaultOf(name, text)));
        return route.Concat(query).Concat(bound).Concat(moments).FirstOrDefault(fault => fault is not null) is { } fault ? ValueTask.FromResult<object?>(ApiProblem.Invalid(http, fault)) : next(context);
    }

    private static string? FaultIn(string name, object? value, TextKind kind) => value switch
    {
        string text => OutsideText.FaultOf(text, kind) is { } fault ? $"{name} {fault}." : null,
        IEnumerable<string?> texts => texts.Select(text => FaultIn(name, text, kind)).FirstOrDefault(fault => fault is not null),
        _ when IsOfApi(value) => value!.GetType().GetProperties()
            .Select(property => FaultIn(NameIn(name, property), property.GetValue(value), property.GetCustomAttribute<TextAttribute>()?.Kind ?? TextKind.Line)).FirstOrDefault(fault => fault is not null),
        _ => null,
    };

    private static string NameIn(string name, PropertyInfo property) => (name == "" ? "" : $"{name}.") + ApiJson.Options.PropertyNamingPolicy!.ConvertName(property.Name);

    /// <summary>What a caller fills; the rest of an endpoint's arguments are services.</summary>
    private static bool IsOfApi(object? value) => value?.GetType() is { IsClass: true } type && type.Namespace == typeof(ApiText).Namespace;
}
