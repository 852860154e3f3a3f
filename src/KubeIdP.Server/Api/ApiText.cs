using System.Collections.Concurrent;
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
    /// <summary>By type, as it is first seen; empty for what is none of the API's.</summary>
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<Field>> Known = new();

    public static ValueTask<object?> CheckAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var route = http.Request.RouteValues.Select(value => FaultIn(value.Key, value.Value, TextKind.Line));
        var query = http.Request.Query.SelectMany(parameter => parameter.Value.Select(value => FaultIn(OutsideText.Show(parameter.Key), value, TextKind.Line)));
        var bound = context.Arguments.Where(IsOfApi).Select(argument => FaultIn("", argument, TextKind.Line));
        var moments = context.Arguments.SelectMany(FieldsOf).Where(field => field.IsMoment)
            .SelectMany(field => http.Request.Query[field.Name].OfType<string>().Select(text => ApiMoment.FaultOf(field.Name, text)));
        return route.Concat(query).Concat(bound).Concat(moments).FirstOrDefault(fault => fault is not null) is { } fault ? ValueTask.FromResult<object?>(ApiProblem.Invalid(http, fault)) : next(context);
    }

    private static string? FaultIn(string name, object? value, TextKind kind) => value switch
    {
        string text => OutsideText.FaultOf(text, kind) is { } fault ? $"{name} {fault}." : null,
        IEnumerable<string?> texts => texts.Select(text => FaultIn(name, text, kind)).FirstOrDefault(fault => fault is not null),
        _ => FieldsOf(value).Select(field => FaultIn(name == "" ? field.Name : $"{name}.{field.Name}", field.Read(value!), field.Kind))
            .FirstOrDefault(fault => fault is not null),
    };

    /// <summary>Whether a caller fills it; the rest of an endpoint's arguments are services.</summary>
    private static bool IsOfApi(object? value) => FieldsOf(value).Count > 0;

    private static IReadOnlyList<Field> FieldsOf(object? value) => value is null ? [] : Known.GetOrAdd(value.GetType(), type =>
        type.IsClass && type.Namespace == typeof(ApiText).Namespace ? [.. type.GetProperties().Select(Field.Of)] : []);

    /// <param name="Name">As callers write it.</param>
    private sealed record Field(string Name, TextKind Kind, bool IsMoment, Func<object, object?> Read)
    {
        public static Field Of(PropertyInfo property) => new(
            ApiJson.Options.PropertyNamingPolicy!.ConvertName(property.Name),
            property.GetCustomAttribute<TextAttribute>()?.Kind ?? TextKind.Line,
            property.PropertyType == typeof(DateTimeOffset?), property.GetValue);
    }
}
