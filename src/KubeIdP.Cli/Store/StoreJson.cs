using System.Text.Json.Serialization;
using KubeIdP.Cli.Network;

namespace KubeIdP.Cli.Store;

/// <summary>The files as JSON, without reflection. What a file lacks makes it a damaged one, so nulls are written too.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(SessionRecord))]
[JsonSerializable(typeof(ClusterRecord))]
[JsonSerializable(typeof(DefaultRecord))]
[JsonSerializable(typeof(Provider))]
[JsonSerializable(typeof(LockNote))]
internal sealed partial class StoreJson : JsonSerializerContext;
