using System.Text;
using System.Text.Json.Nodes;
using KubeIdP.Server.Tests.Web;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Api;

/// <summary>Every text that the API takes, as the OpenAPI document lists them.</summary>
public sealed class ApiTextTests(ClassIssuer shared) : ApiTests(shared, postgres: true)
{
    private static readonly JsonNode Document = JsonNode.Parse(File.ReadAllText(Repository.File("src/openapi.json")))!;

    [Fact]
    public async Task No_text_of_an_address_or_a_query_is_a_fault_of_the_server_or_taken_as_it_is()
    {
        var token = await ServiceTokenAsync();
        var own = await OwnTokenAsync();
        var asked = 0;
        var wrong = new List<string>();

        foreach (var (method, path, operation) in Operations())
        {
            foreach (var parameter in operation["parameters"]?.AsArray() ?? [])
            {
                if (TypeOf(parameter!["schema"]!) is not "string") continue;

                foreach (var (text, number) in HostileTexts.All)
                {
                    var (name, inPath) = ($"{parameter["name"]}", $"{parameter["in"]}" == "path");

                    // No server lets a path with one through to an endpoint.
                    if (inPath && number == "U+0000") continue;

                    var escaped = Uri.EscapeDataString(text);
                    var address = Filled(path, inPath ? name : null, escaped) + (inPath ? "" : $"?{name}={escaped}");
                    var answer = await CallAsync(path.StartsWith("/self", StringComparison.Ordinal) ? own : token, method, address,
                        operation["requestBody"] is null ? null : SampleOf(SchemaOf(operation)));

                    asked++;
                    if (answer.Status != 400) wrong.Add($"{method} {address}: {answer.Status} {answer.Text}");
                    else if (parameter["schema"]!["format"] is null && parameter["schema"]!["$ref"] is null
                        && !answer.Text.Contains(number, StringComparison.Ordinal))
                        wrong.Add($"{method} {address}: {answer.Text}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(20).Append($"{wrong.Count} of {asked}")));
        Assert.True(asked > 400, $"{asked}");
    }

    [Fact]
    public async Task No_text_of_a_body_is_a_fault_of_the_server_or_taken_as_it_is()
    {
        var token = await ServiceTokenAsync();
        var asked = 0;
        var wrong = new List<string>();

        foreach (var (method, path, operation) in Operations().Where(one => one.Operation["requestBody"] is not null))
        {
            foreach (var field in TextsOf(SchemaOf(operation)))
            {
                foreach (var (text, number) in HostileTexts.All)
                {
                    var body = SampleOf(SchemaOf(operation));
                    field.Put(body, JsonValue.Create(text)!);
                    var answer = await CallAsync(token, method, Filled(path, null, ""), body);

                    asked++;

                    // A password is hashed and nothing else. Its own rules may refuse it.
                    if (field.Name == "password" ? answer.Status >= 500 : answer.Status != 400)
                        wrong.Add($"{method} {path} {field.Name} {number}: {answer.Status} {answer.Text}");
                    else if (!field.IsMoment && field.Name != "password" && !answer.Text.Contains(number, StringComparison.Ordinal))
                        wrong.Add($"{method} {path} {field.Name}: {answer.Text}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(20).Append($"{wrong.Count} of {asked}")));
        Assert.True(asked > 250, $"{asked}");
        Assert.Equal([], await HostileTexts.StoredInAsync(Database, Ct));
    }

    // JSON can write half a pair, which is no text.
    [Theory]
    [InlineData("POST", "/people", """{"username":"a\ud800b","reason":"x"}""")]
    [InlineData("POST", "/people", """{"username":"\udc00","reason":"x"}""")]
    [InlineData("POST", "/people/nobody/disable", """{"reason":"a\udc00"}""")]
    [InlineData("POST", "/sessions/end/preview", """{"person":"\ud83d"}""")]
    [InlineData("PUT", "/people/nobody/groups", """{"groups":["\ud83d"],"reason":"x"}""")]
    [InlineData("PUT", "/people/nobody/display-name", """{"displayName":"\ud83d","reason":"x"}""")]
    [InlineData("PUT", "/people/nobody/display-name", """{"\ud83d":"x","displayName":"x","reason":"x"}""")]
    [InlineData("POST", "/people/enrolment-codes", """{"names":["\ud83d"],"reason":"x"}""")]
    public async Task Half_a_surrogate_pair_is_refused(string method, string path, string body)
    {
        using var http = new HttpClient(Running.CreateHandler("203.0.113.7")) { BaseAddress = Running.Issuer };
        using var request = new HttpRequestMessage(new HttpMethod(method),
            $"/api/v1{path}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new("Bearer", await ServiceTokenAsync());

        using var response = await http.SendAsync(request, Ct);

        Assert.Equal(400, (int)response.StatusCode);
    }

    [Fact]
    public async Task The_name_of_a_proof_is_a_line_too()
    {
        foreach (var (text, _) in HostileTexts.All)
            Assert.Equal("invalid_client",
                (await ProveAsync("robot", Key.Prove("robot", TokenEndpoint, Running.Clock.GetUtcNow(), id: text))).Error);

        Assert.Equal([], await HostileTexts.StoredInAsync(Database, Ct));
    }

    private static IEnumerable<(HttpMethod Method, string Path, JsonNode Operation)> Operations() =>
        from path in Document["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        where operation.Key is "get" or "post" or "put" or "delete"
        select (new HttpMethod(operation.Key.ToUpperInvariant()), path.Key["/api/v1".Length..], operation.Value!);

    private static JsonNode SchemaOf(JsonNode operation) => operation["requestBody"]!["content"]!.AsObject().First().Value!["schema"]!;

    private static JsonNode Resolve(JsonNode schema) =>
        schema["$ref"] is { } reference ? Document["components"]!["schemas"]![$"{reference}".Split('/')[^1]]! : schema;

    private static string TypeOf(JsonNode schema) => $"{Resolve(schema)["type"]}";

    private static string Filled(string path, string? name, string value) =>
        string.Join('/', path.Split('/').Select(part => part == $"{{{name}}}" ? value : part.StartsWith('{') ? "nobody" : part));

    private static JsonObject SampleOf(JsonNode schema)
    {
        var body = new JsonObject();
        foreach (var (name, property) in Resolve(schema)["properties"]!.AsObject())
        {
            if (Resolve(schema)["required"]?.AsArray().Any(required => $"{required}" == name) is not true) continue;

            body[name] = TypeOf(property!) switch
            {
                "string" => "fine",
                "integer" => 0,
                "boolean" => false,
                "array" => new JsonArray("fine"),
                _ => SampleOf(property!),
            };
        }

        return body;
    }

    private static IEnumerable<TextField> TextsOf(JsonNode schema)
    {
        foreach (var (name, property) in Resolve(schema)["properties"]!.AsObject())
        {
            var isMoment = property!["format"] is not null;
            switch (TypeOf(property))
            {
                case "string":
                    yield return new TextField(name, isMoment, (body, text) => body[name] = text);
                    break;
                case "array":
                    yield return new TextField(name, isMoment, (body, text) => body[name] = new JsonArray(text));
                    break;
                case "object":
                    foreach (var inner in TextsOf(property))
                        yield return inner with { Name = $"{name}.{inner.Name}", Put = (body, text) => inner.Put(body[name]!, text) };
                    break;
            }
        }
    }

    private sealed record TextField(string Name, bool IsMoment, Action<JsonNode, JsonNode> Put);
}
