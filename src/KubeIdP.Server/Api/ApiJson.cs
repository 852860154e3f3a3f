using System.Text.Json;
using System.Text.Json.Serialization;

namespace KubeIdP.Server.Api;

/// <summary>How the API writes JSON, and who calls it reads it.</summary>
internal static class ApiJson
{
    public static JsonSerializerOptions Options { get; } = Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        // A number is a number: else the document would have to say that it may be a text as well.
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        options.Converters.Add(new ApiMoment());
        return options;
    }
}
