using System.Text.Json;

namespace KubeIdP.Cli.Doctor.Facts;

/// <summary>What the API server makes of the token (SelfSubjectReview).</summary>
/// <param name="Status">Of HTTP; null if it did not answer.</param>
/// <param name="Fault">Why it did not, or what it said with another status than 201.</param>
/// <param name="Username">Null if it does not say.</param>
internal sealed record ReviewFacts(int? Status, string? Fault, string? Username, IReadOnlyList<string> Groups)
{
    /// <summary>From an answer to <c>POST /apis/authentication.k8s.io/v1/selfsubjectreviews</c>.</summary>
    public static ReviewFacts Of(HttpFacts answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            var root = document.RootElement;
            if (answer.Status is 200 or 201 && Child(root, "status") is { } status && Child(status, "userInfo") is { } user
                && Child(user, "username") is { ValueKind: JsonValueKind.String } name)
            {
                return new ReviewFacts(answer.Status, null, name.GetString(),
                    Child(user, "groups") is { ValueKind: JsonValueKind.Array } groups
                        ? [.. from one in groups.EnumerateArray() where one.ValueKind is JsonValueKind.String select one.GetString()!]
                        : []);
            }

            return new ReviewFacts(
                answer.Status,
                Child(root, "message") is { ValueKind: JsonValueKind.String } message ? message.GetString() : null, null, []);
        }
        catch (JsonException)
        {
            return new ReviewFacts(answer.Status, null, null, []);
        }
    }

    private static JsonElement? Child(JsonElement element, string name) =>
        element.ValueKind is JsonValueKind.Object && element.TryGetProperty(name, out var child) ? child : null;
}
