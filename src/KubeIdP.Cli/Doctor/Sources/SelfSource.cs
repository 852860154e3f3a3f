using System.Net.Http;
using System.Net.Http.Headers;
using System.Text.Json;
using KubeIdP.Cli.Doctor.Facts;
using KubeIdP.Cli.Network;
using KubeIdP.Cli.SignIn;

namespace KubeIdP.Cli.Doctor.Sources;

/// <summary>What the issuer's API says about the person and their cluster.</summary>
internal static class SelfSource
{
    /// <summary>Null if nobody is signed in, or it does not answer.</summary>
    public static async Task<SelfFacts?> ReadAsync(IssuerAccess access, string? cluster, CancellationToken ct)
    {
        try
        {
            if (await new SelfGrant(access).GetAsync(refused: null, ct) is not SelfToken.Usable(var token)) return null;

            using var self = await GetAsync(access, "/api/v1/self", token, ct);
            using var clusters = await GetAsync(access, "/api/v1/self/clusters", token, ct);
            return new SelfFacts(BoundOf(clusters, cluster), GroupsOf(self));
        }
        catch (CommandFault)
        {
            // Other checks say what is wrong with the issuer.
            return null;
        }
    }

    private static TimeSpan? BoundOf(JsonDocument? clusters, string? cluster)
    {
        if (clusters?.RootElement.ValueKind is not JsonValueKind.Array) return null;

        foreach (var one in clusters.RootElement.EnumerateArray())
        {
            if (one.ValueKind is JsonValueKind.Object && one.TryGetProperty("name", out var name) && name.ValueKind is JsonValueKind.String
                && name.GetString() == cluster && one.TryGetProperty("revocationBoundSeconds", out var bound)
                && bound.ValueKind is JsonValueKind.Number && bound.TryGetInt32(out var seconds)) return TimeSpan.FromSeconds(seconds);
        }

        return null;
    }

    private static List<string>? GroupsOf(JsonDocument? self) =>
        self?.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("groups", out var groups)
            && groups.ValueKind is JsonValueKind.Array
            ? [.. from one in groups.EnumerateArray() where one.ValueKind is JsonValueKind.String select one.GetString()!]
            : null;

    private static async Task<JsonDocument?> GetAsync(IssuerAccess access, string path, string token, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, IssuerUrl.Below(access.Issuer, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var answer = await access.Http.SendAsync(request, ct);
        try
        {
            return answer.Status is 200 ? JsonDocument.Parse(answer.Body) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
