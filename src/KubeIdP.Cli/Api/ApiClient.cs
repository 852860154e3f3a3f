using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KubeIdP.Cli.Network;

namespace KubeIdP.Cli.Api;

/// <summary>Calls the administration API of a server. What the server refuses is an <see cref="ApiFault"/> with its own words.</summary>
/// <param name="http">Sends the token; has no base address. It is disposed with this client.</param>
/// <param name="issuer">Without a slash at its end.</param>
/// <param name="owned">What else is disposed with this client.</param>
internal sealed class ApiClient(HttpClient http, string issuer, IDisposable owned) : IDisposable
{
    /// <summary>The timeout of a call: one may end all sessions of a company.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> answer, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, AddressOf(path));
        return await SendAsync(request, answer, ct);
    }

    /// <summary>Null when there is no such thing (404).</summary>
    public async Task<T?> FindAsync<T>(string path, JsonTypeInfo<T> answer, CancellationToken ct)
        where T : class
    {
        try
        {
            return await GetAsync(path, answer, ct);
        }
        catch (ApiFault fault) when (fault.Status is HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>An answer that is a text: YAML, or lines.</summary>
    public async Task<string> GetTextAsync(string path, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, AddressOf(path));
        return await SendAsync(request, (content, stop) => content.ReadAsStringAsync(stop)!, ct);
    }

    public async Task<T> PostAsync<TBody, T>(
        string path, TBody body, JsonTypeInfo<TBody> type, JsonTypeInfo<T> answer, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, AddressOf(path)) { Content = JsonContent.Create(body, type) };
        return await SendAsync(request, answer, ct);
    }

    public async Task<T> PutAsync<TBody, T>(
        string path, TBody body, JsonTypeInfo<TBody> type, JsonTypeInfo<T> answer, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, AddressOf(path)) { Content = JsonContent.Create(body, type) };
        return await SendAsync(request, answer, ct);
    }

    public void Dispose()
    {
        http.Dispose();
        owned.Dispose();
    }

    private string AddressOf(string path) => $"{issuer}{ApiRoot.Path}{path}";

    private Task<T> SendAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> answer, CancellationToken ct) =>
        SendAsync(request, (content, stop) => content.ReadFromJsonAsync(answer, stop), ct);

    private async Task<T> SendAsync<T>(
        HttpRequestMessage request, Func<HttpContent, CancellationToken, Task<T?>> read, CancellationToken ct)
    {
        try
        {
            using var response = await http.SendAsync(request, ct);
            if (!response.IsSuccessStatusCode) throw await FaultOfAsync(response, ct);

            return await read(response.Content, ct) ?? throw new ApiFault($"The response of {issuer} is empty.", response.StatusCode);
        }
        catch (HttpRequestException fault)
        {
            throw new ApiFault($"{issuer} does not answer: {fault.GetBaseException().Message}");
        }
        catch (JsonException)
        {
            throw new ApiFault($"{issuer} answered with something else than this API does. Check that this is the address of the issuer.");
        }
        catch (TaskCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new ApiFault($"{issuer} did not answer in {Timeout.TotalMinutes} minutes.");
        }
    }

    private async Task<ApiFault> FaultOfAsync(HttpResponseMessage response, CancellationToken ct)
    {
        try
        {
            if (await response.Content.ReadFromJsonAsync(ApiJsonContext.Default.ApiProblemBody, ct) is { Detail: { } detail } problem)
                {
                return new ApiFault(
                    Plain.Text(problem.Reference is { } reference ? $"{detail} (reference {reference})" : detail), response.StatusCode);
            }
        }
        catch (JsonException)
        {
            // Something else, such as a proxy, answered in its place.
        }

        return new ApiFault(
            $"{issuer} answered with status {(int)response.StatusCode}, but not as this API does. Check that this is the address of the "
            + $"issuer.", response.StatusCode);
    }
}
