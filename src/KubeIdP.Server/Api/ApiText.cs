using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using KubeIdP.Cli.Api;
using KubeIdP.Core.Naming;

namespace KubeIdP.Server.Api;

/// <summary>
/// Refuses a call with a text in the path, the query or the body that its kind does not allow: one line, unless <see cref="TextAttribute"/>
/// says otherwise. It checks all parameters of all API endpoints, so new fields are covered automatically. Times in the query are checked
/// too, because the framework accepts 03/04 and 9:00.
/// </summary>
internal static class ApiText
{
    /// <summary>The fields of each type, cached at first use; empty for types that are not part of the API.</summary>
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<Field>> Known = new();

    public static ValueTask<object?> CheckAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var route = http.Request.RouteValues.Select(value => FaultIn(value.Key, value.Value, TextKind.Line));
        var query = http.Request.Query.SelectMany(parameter =>
            parameter.Value.Select(value => FaultIn(OutsideText.Show(parameter.Key), value, TextKind.Line)));
        var bound = context.Arguments.Where(IsOfApi).Select(argument => FaultIn("", argument, TextKind.Line));
        var moments = context.Arguments.SelectMany(FieldsOf).Where(field => field.IsTime)
            .SelectMany(field => http.Request.Query[field.Name].OfType<string>().Select(text => ApiTimestamp.FaultOf(field.Name, text)));
        return route.Concat(query).Concat(bound).Concat(moments).FirstOrDefault(fault => fault is not null) is { } fault
            ? ValueTask.FromResult<object?>(ApiProblem.Invalid(http, fault))
            : next(context);
    }

    private static string? FaultIn(string name, object? value, TextKind kind) => value switch
    {
        string text => OutsideText.FaultOf(text, kind) is { } fault ? $"{name} {fault}." : null,
        JsonElement { ValueKind: JsonValueKind.String } element => FaultIn(name, TextOf(element), kind),
        JsonElement { ValueKind: JsonValueKind.Array } list => list.EnumerateArray().Select(element => FaultIn(name, element, kind))
            .FirstOrDefault(fault => fault is not null),
        IReadOnlyDictionary<string, JsonElement> members => members
            .Select(member => FaultIn(OutsideText.Show(member.Key), member.Value, kind)).FirstOrDefault(fault => fault is not null),
        IEnumerable<string?> texts => texts.Select(text => FaultIn(name, text, kind)).FirstOrDefault(fault => fault is not null),
        _ => FieldsOf(value).Select(field => FaultIn(name == "" ? field.Name : $"{name}.{field.Name}", field.Read(value!), field.Kind))
            .FirstOrDefault(fault => fault is not null),
    };

    private static string TextOf(JsonElement element)
    {
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // JSON can write half a surrogate pair, which is no text.
            return "\uFFFD";
        }
    }

    /// <summary>Whether the parameter comes from the caller; the others are services.</summary>
    private static bool IsOfApi(object? value) => FieldsOf(value).Count > 0;

    private static IReadOnlyList<Field> FieldsOf(object? value) => value is null ? [] : Known.GetOrAdd(value.GetType(), type =>
        type.IsClass && (type.Namespace == typeof(ApiReason).Namespace || type.Namespace == typeof(ApiText).Namespace)
            ? [.. type.GetProperties().Select(Field.Of)] : []);

    /// <param name="Name">The name in requests.</param>
    private sealed record Field(string Name, TextKind Kind, bool IsTime, Func<object, object?> Read)
    {
        public static Field Of(PropertyInfo property) => new(
            ApiJson.Options.PropertyNamingPolicy!.ConvertName(property.Name),
            property.GetCustomAttribute<TextAttribute>()?.Kind ?? TextKind.Line,
            property.PropertyType == typeof(DateTimeOffset?), property.GetValue);
    }
}
