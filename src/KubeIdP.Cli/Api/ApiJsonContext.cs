using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using KubeIdP.Core.Clusters;
using KubeIdP.Core.People;
using KubeIdP.Core.Sessions;

namespace KubeIdP.Cli.Api;

/// <summary>
/// The records of the API as JSON, by code that is generated: it needs no reflection, which a native program does not have.
/// </summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, GenerationMode = JsonSourceGenerationMode.Metadata,
    NumberHandling = JsonNumberHandling.Strict,
    Converters =
    [
        typeof(ApiTimestamp), typeof(CamelCaseEnum<PersonStatus>), typeof(CamelCaseEnum<ClusterPlatform>),
        typeof(CamelCaseEnum<DeviceRequestState>), typeof(CamelCaseEnum<ExecPlugin>), typeof(CamelCaseEnum<GuideContent>),
        typeof(CamelCaseEnum<SessionKind>),
    ])]
[JsonSerializable(typeof(AddedPerson))]
[JsonSerializable(typeof(ApiActBody))]
[JsonSerializable(typeof(ApiChange))]
[JsonSerializable(typeof(ApiCluster))]
[JsonSerializable(typeof(IReadOnlyList<ApiCluster>))]
[JsonSerializable(typeof(ApiClusterInstructions))]
[JsonSerializable(typeof(ApiEnrolmentCodes))]
[JsonSerializable(typeof(ApiPage<ApiAuditEvent>))]
[JsonSerializable(typeof(ApiPage<ApiDeviceRequest>))]
[JsonSerializable(typeof(ApiPage<ApiPerson>))]
[JsonSerializable(typeof(ApiPage<ApiReportedPerson>))]
[JsonSerializable(typeof(ApiPage<ApiSession>))]
[JsonSerializable(typeof(ApiPersonalData))]
[JsonSerializable(typeof(ApiPersonDetails))]
[JsonSerializable(typeof(ApiProblemBody))]
[JsonSerializable(typeof(ApiReason))]
[JsonSerializable(typeof(ApiSessionDetails))]
[JsonSerializable(typeof(EndMany))]
[JsonSerializable(typeof(EndedSessions))]
[JsonSerializable(typeof(EnrolBody))]
[JsonSerializable(typeof(ErasedPerson))]
[JsonSerializable(typeof(IReadOnlyList<ApiReportedClient>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(IssuedSecretBody))]
[JsonSerializable(typeof(ManySessions))]
[JsonSerializable(typeof(NewPersonBody))]
[JsonSerializable(typeof(SessionQuery))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class ApiJsonContext : JsonSerializerContext;
