using System.Net.Http;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace KubeIdP.Cli.Network;

/// <summary>Posts forms to the endpoints of an issuer, as a public client.</summary>
internal static class OAuthClient
{
    /// <summary>The built-in client of this program.</summary>
    public const string OwnId = "kubeidp";

    /// <summary>Asks the token endpoint.</summary>
    /// <exception cref="Outage">There was no answer, or none that decides.</exception>
    public static async Task<OAuthAnswer> AskAsync(
        IssuerHttp http, Uri endpoint, IEnumerable<KeyValuePair<string, string>> form, CancellationToken ct) =>
        Interpret(endpoint, await PostAsync(http, endpoint, form, ct));

    /// <summary>Asks for a device code; what the issuer refuses is a fault.</summary>
    /// <exception cref="NoDeviceCode">It is not offered to this program.</exception>
    /// <exception cref="Outage">There was no answer, or none that decides.</exception>
    public static async Task<DeviceAnswer> AskForDeviceCodeAsync(
        IssuerHttp http, Uri endpoint, IEnumerable<KeyValuePair<string, string>> form, CancellationToken ct)
    {
        var answer = await PostAsync(http, endpoint, form, ct);
        if (answer.Status is 200) return Parse(answer.Body, NetworkJson.Default.DeviceAnswer) ?? throw Stranger(endpoint, answer);

        var refused = RefusalOf(endpoint, answer);
        throw refused.Error is "unauthorized_client" ? new NoDeviceCode(refused.Sentence) : new CommandFault(refused.Sentence);
    }

    /// <summary>Ends the grant of a refresh token (RFC 7009). One that is not known any more is no fault.</summary>
    /// <exception cref="Outage">There was no answer, or none that decides.</exception>
    public static async Task RevokeAsync(IssuerHttp http, Uri endpoint, string clientId, string refreshToken, CancellationToken ct)
    {
        var answer = await PostAsync(http, endpoint,
            [new("client_id", clientId), new("token", refreshToken), new("token_type_hint", "refresh_token")], ct);
        if (answer.Status is not 200) throw new CommandFault(RefusalOf(endpoint, answer).Sentence);
    }

    /// <exception cref="Outage">It decides nothing.</exception>
    public static OAuthAnswer Interpret(Uri endpoint, HttpAnswer answer)
    {
        if (answer.Status is not 200) return RefusalOf(endpoint, answer);

        return Parse(answer.Body, NetworkJson.Default.TokenAnswer) is { } tokens
            ? new OAuthAnswer.Issued(tokens)
            : throw Stranger(endpoint, answer);
    }

    /// <summary>
    /// Only an error of OAuth with a status of RFC 6749 §5.2 decides. Whatever else comes may come from a proxy, or from a server that
    /// can't answer now.
    /// </summary>
    private static OAuthAnswer.Refused RefusalOf(Uri endpoint, HttpAnswer answer)
    {
        var error = Parse(answer.Body, NetworkJson.Default.ErrorAnswer);
        var sentence = error?.ErrorDescription is { Length: > 0 } description ? Plain.Text(description) : null;
        if (answer.Status is 429 or >= 500 || error?.Error is "temporarily_unavailable" or "server_error")
        {
            throw new Outage(sentence is null
                ? $"{endpoint.Authority} can't answer now (status {answer.Status}). Try again."
                : $"{endpoint.Authority} can't answer now: {sentence}");
        }

        return answer.Status is 400 or 401 or 403 && error?.Error is { Length: > 0 } name
            ? new OAuthAnswer.Refused(name, sentence ?? $"{endpoint.Authority} refused: {Plain.Text(name)}.")
            : throw Stranger(endpoint, answer);
    }

    private static Outage Stranger(Uri endpoint, HttpAnswer answer) =>
        new(OutageText.ForStranger(endpoint, answer.Status), isElsewhere: true);

    private static async Task<HttpAnswer> PostAsync(
        IssuerHttp http, Uri endpoint, IEnumerable<KeyValuePair<string, string>> form, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint);
        request.Content = new FormUrlEncodedContent(form);
        request.Headers.Accept.ParseAdd("application/json");
        return await http.SendAsync(request, ct);
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
