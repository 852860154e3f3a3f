using System.Text.Json;
using System.Text.Json.Serialization;

namespace KubeIdP.Cli.Token;

/// <summary>What client-go tells its plugin (<c>KUBERNETES_EXEC_INFO</c>).</summary>
/// <param name="ApiVersion">In which the answer must be.</param>
/// <param name="Interactive">Whether standard input is the person's; null if it does not say, or did not start this process.</param>
/// <param name="IsThere">Whether client-go started this process.</param>
internal sealed record ExecInfo(string ApiVersion, bool? Interactive, bool IsThere)
{
    public const string Variable = "KUBERNETES_EXEC_INFO";

    private const string V1 = "client.authentication.k8s.io/v1";
    private const string V1Beta1 = "client.authentication.k8s.io/v1beta1";

    /// <exception cref="CommandFault">It asks for a version that there is no answer in.</exception>
    public static ExecInfo Read(string? json)
    {
        if (string.IsNullOrEmpty(json)) return new ExecInfo(V1, null, IsThere: false);

        ExecCredential? asked;
        try
        {
            asked = JsonSerializer.Deserialize(json, ExecJson.Default.ExecCredential);
        }
        catch (JsonException)
        {
            asked = null;
        }

        return asked?.ApiVersion is V1 or V1Beta1
            ? new ExecInfo(asked.ApiVersion, asked.Spec?.Interactive, IsThere: true)
            : throw new CommandFault(
                $"{Variable} asks for {asked?.ApiVersion ?? "nothing"}. In the kubeconfig, set the apiVersion of exec to {V1}.");
    }
}

/// <summary>The question and the answer of a client-go credential plugin.</summary>
internal sealed record ExecCredential
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public ExecSpec? Spec { get; init; }

    public ExecStatus? Status { get; init; }
}

internal sealed record ExecSpec(bool? Interactive);

/// <param name="ExpirationTimestamp">RFC 3339, in whole seconds. Until then client-go uses the token without asking again.</param>
internal sealed record ExecStatus(string ExpirationTimestamp, string Token);

/// <summary>Without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ExecCredential))]
internal sealed partial class ExecJson : JsonSerializerContext;
