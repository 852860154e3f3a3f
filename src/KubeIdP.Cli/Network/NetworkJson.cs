using System.Text.Json.Serialization;

namespace KubeIdP.Cli.Network;

/// <summary>The answers of OAuth as JSON, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.AllowReadingFromString,
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(DiscoveryDocument))]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(DeviceAnswer))]
internal sealed partial class NetworkJson : JsonSerializerContext;
