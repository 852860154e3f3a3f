using System.Text.Json;
using System.Text.Json.Serialization;

namespace KubeIdP.Cli.Api;

/// <summary>A value of an enum by its name, as the API writes it: notEnrolled.</summary>
internal sealed class CamelCaseEnum<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase)
    where T : struct, Enum;
