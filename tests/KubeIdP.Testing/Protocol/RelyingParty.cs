using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KubeIdP.Testing.Browsers;

namespace KubeIdP.Testing.Protocol;

/// <summary>
/// A client as the tests drive it, request by request and with every parameter in reach, so that they can also get it wrong. Whether the
/// protocol is spoken right is for the suites with others' clients to say.
/// </summary>
public sealed class RelyingParty(HttpMessageHandler handler, Uri issuer, string clientId = "kubernetes",
    string redirectUri = "http://localhost:8000") : IDisposable
{
    private readonly HttpClient http = new(handler, disposeHandler: false) { BaseAddress = new Uri(issuer.ToString().TrimEnd('/') + "/") };

    public string ClientId => clientId;

    public string RedirectUri => redirectUri;

    /// <summary>Sent in the form with every request, when there is one.</summary>
    public string? Secret { get; init; }

    public string Verifier { get; } = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public string Challenge => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    /// <summary>The authorization request; each pair replaces a parameter, and a null value takes it out.</summary>
    public string AuthorizeUrl(params (string Name, string? Value)[] changes)
    {
        var parameters = new Dictionary<string, string?>
        {
            ["response_type"] = "code", ["client_id"] = clientId, ["redirect_uri"] = redirectUri, ["scope"] = "openid",
                ["state"] = "some-state",
            ["nonce"] = "some-nonce", ["code_challenge"] = Challenge, ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in changes)
            parameters[name] = value;
        return new Uri(http.BaseAddress!, "connect/authorize") + "?"
            + string.Join('&', parameters.Where(p => p.Value is not null).Select(p => $"{p.Key}={Uri.EscapeDataString(p.Value!)}"));
    }

    /// <summary>Signs in with password and second factor, enrolling it when it is the first time, and returns the code.</summary>
    public async Task<string> SignInAsync(BrowserClient browser, Account account, CancellationToken ct,
        params (string Name, string? Value)[] changes)
    {
        browser.StopAt = IsOurs;
        return CodeOf(await account.SignInAsync(browser, new Uri(AuthorizeUrl(changes)), ct));
    }

    public bool IsOurs(Uri url) => url.ToString().StartsWith(redirectUri, StringComparison.Ordinal);

    /// <summary>The code that a redirect to this client brought; throws with the page when there is none.</summary>
    public static string CodeOf(Page page) =>
        page.Redirect is not null && page.RedirectParameters.TryGetValue("code", out var code)
            ? code
            : throw new InvalidOperationException($"No code came. {page}");

    /// <summary>A whole login and its first tokens.</summary>
    public async Task<TokenAnswer> LogInAsync(BrowserClient browser, Account account, CancellationToken ct,
        params (string Name, string? Value)[] changes) =>
        (await RedeemAsync(await SignInAsync(browser, account, ct, changes), ct)).Succeeded();

    public Task<TokenAnswer> RedeemAsync(string code, CancellationToken ct, params (string Name, string? Value)[] changes) => TokenAsync(
        ct, [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirectUri), ("code_verifier", Verifier), .. changes]);

    public Task<TokenAnswer> RefreshAsync(string refreshToken, CancellationToken ct, params (string Name, string? Value)[] changes) =>
        TokenAsync(
        ct, [("grant_type", "refresh_token"), ("refresh_token", refreshToken), .. changes]);

    /// <summary>
    /// Refreshes again while the server says that it took too long to be safe, as the first request to a cold process on a busy machine
    /// may: the token stays good for that.
    /// </summary>
    public async Task<TokenAnswer> RefreshPatientlyAsync(string refreshToken, CancellationToken ct)
    {
        var answer = await RefreshAsync(refreshToken, ct);
        for (var again = 0; answer.Status == HttpStatusCode.ServiceUnavailable && again < 5; again++)
            answer = await RefreshAsync(refreshToken, ct);
        return answer;
    }

    /// <summary>Any request to the token endpoint; a later pair replaces an earlier one of the same name, and null takes it out.</summary>
    public async Task<TokenAnswer> TokenAsync(CancellationToken ct, params (string Name, string? Value)[] parameters)
    {
        using var response = await PostAsync("connect/token", ct, parameters);
        return await TokenAnswer.ReadAsync(response, ct);
    }

    public async Task<HttpResponseMessage> PostAsync(string path, CancellationToken ct, params (string Name, string? Value)[] parameters)
    {
        var form = new Dictionary<string, string?> { ["client_id"] = clientId, ["client_secret"] = Secret };
        foreach (var (name, value) in parameters)
            form[name] = value;
        return await http.PostAsync(path,
            new FormUrlEncodedContent(form.Where(p => p.Value is not null).Select(p => KeyValuePair.Create(p.Key, p.Value!))), ct);
    }

    public async Task<HttpResponseMessage> UserInfoAsync(string accessToken, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get,
            "connect/userinfo") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", accessToken) } };
        return await http.SendAsync(request, ct);
    }

    public async Task<JsonElement> GetJsonAsync(string path, CancellationToken ct) =>
        JsonDocument.Parse(await http.GetStringAsync(path, ct)).RootElement;

    public void Dispose() => http.Dispose();
}

/// <summary>What the token endpoint answered.</summary>
public sealed record TokenAnswer(HttpStatusCode Status, JsonElement Body, string Text)
{
    public string? Error => Value("error");

    public string? ErrorDescription => Value("error_description");

    public string IdToken => Value("id_token") ?? throw new InvalidOperationException($"No ID token came: {Text}");

    public string AccessToken => Value("access_token") ?? throw new InvalidOperationException($"No access token came: {Text}");

    public string? RefreshToken => Value("refresh_token");

    /// <summary>Which generation of its grant this answer is; every ID token says so in its <c>jti</c>.</summary>
    public int Generation => int.Parse(Claims.GetProperty("jti").GetString()!.Split('.')[1], CultureInfo.InvariantCulture);

    /// <summary>The grant that the tokens belong to.</summary>
    public string GrantId => Claims.GetProperty("jti").GetString()!.Split('.')[0];

    /// <summary>The ID token's payload, unverified.</summary>
    public JsonElement Claims => JsonDocument.Parse(Base64Url.DecodeFromChars(IdToken.Split('.')[1])).RootElement;

    public JsonElement Header => JsonDocument.Parse(Base64Url.DecodeFromChars(IdToken.Split('.')[0])).RootElement;

    public bool IsSuccess => Status == HttpStatusCode.OK;

    public TokenAnswer Succeeded() => IsSuccess ? this : throw new InvalidOperationException($"{(int)Status}: {Text}");

    public static async Task<TokenAnswer> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var text = await response.Content.ReadAsStringAsync(ct);
        var isJson = response.Content.Headers.ContentType?.MediaType == "application/json";
        return new TokenAnswer(response.StatusCode, isJson ? JsonDocument.Parse(text).RootElement : default, text);
    }

    private string? Value(string name) =>
        Body.ValueKind is JsonValueKind.Object && Body.TryGetProperty(name, out var value) ? value.GetString() : null;
}
