using System.Net.Http;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KubeIdP.Cli.Api;
using KubeIdP.Cli.Network;

namespace KubeIdP.Cli.SignIn;

/// <summary>Asks the API for one's own things, with the login of this machine.</summary>
internal sealed class SelfApi(IssuerAccess access)
{
    private const string Path = "/api/v1/self";

    private readonly SelfGrant grant = new(access);

    public Task<SelfPerson> SelfAsync(CancellationToken ct) => GetAsync(Path, SelfJson.Default.SelfPerson, ct);

    public Task<List<SelfCluster>> ClustersAsync(CancellationToken ct) =>
        GetAsync(
            $"{Path}/clusters", body => Parse(body, SelfJson.Default.ListSelfCluster) is { } all && !all.Contains(null!) ? all : null, ct);

    /// <summary>One kubeconfig for all of these clusters; the context of the first one is the current one.</summary>
    public Task<string> KubeconfigAsync(IReadOnlyList<string> names, CancellationToken ct) =>
        GetAsync($"{Path}/kubeconfig?{string.Join('&', names.Select(name => $"cluster={Uri.EscapeDataString(name)}"))}", body => body, ct);

    private Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken ct)
        where T : class => GetAsync(path, body => Parse(body, type), ct);

    /// <exception cref="NotSignedIn">Nobody is, or not any more.</exception>
    /// <exception cref="Outage">There was no answer, or none of this API.</exception>
    private async Task<T> GetAsync<T>(string path, Func<string, T?> read, CancellationToken ct)
        where T : class
    {
        for (string? refused = null; ;)
        {
            var self = await grant.GetAsync(refused, ct);
            if (self is SelfToken.Over(var sentence)) throw new NotSignedIn(access, sentence);

            var token = ((SelfToken.Usable)self).AccessToken;
            var url = IssuerUrl.Below(access.Issuer, path);
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            var answer = await access.Http.SendAsync(request, ct);

            // The access token of a session that has just ended is refused here first; its refresh says why.
            if (answer.Status is 401 && refused is null)
            {
                refused = token;
                continue;
            }

            return answer.Status is 200 && read(answer.Body) is { } content ? content : throw FaultOf(url, answer);
        }
    }

    private static CommandFault FaultOf(Uri url, HttpAnswer answer)
    {
        var problem = Parse(answer.Body, SelfJson.Default.Problem);
        if (problem?.Detail is not { Length: > 0 } detail) return new Outage(OutageText.ForStranger(url, answer.Status));

        var sentence = Plain.Text(problem.Reference is { } reference && !detail.Contains(reference, StringComparison.Ordinal)
            ? $"{detail} (reference {reference})"
            : detail);
        return answer.Status is 429 or >= 500 ? new Outage(sentence) : new CommandFault(sentence);
    }

    private static T? Parse<T>(string body, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Nobody is signed in at the issuer, or not any more.</summary>
/// <param name="access">The issuer, with the authority that was given.</param>
/// <param name="sentence">What the server says about it.</param>
internal sealed class NotSignedIn(IssuerAccess access, string? sentence)
    : CommandFault($"{(sentence is null ? "" : $"{sentence}\n")}Nobody is signed in at {access.Issuer}. Run: kubeidp login --issuer "
        + $"{access.Issuer}{(access.Authority is null ? "" : " --certificate-authority FILE, with the authority of the kubeconfig")}")
{
    public string? Sentence => sentence;
}
