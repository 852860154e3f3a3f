using System.Text.Json;
using System.Text.Json.Serialization;
using KubeIdP.Cli.Api;

namespace KubeIdP.Server.Api;

/// <summary>The JSON options of the API, for the server and for callers.</summary>
internal static class ApiJson
{
    public static JsonSerializerOptions Options { get; } = Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        // Numbers in strings are refused; otherwise the document would have to allow strings for numbers.
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        options.Converters.Add(new ApiTimestamp());
        return options;
    }
}
