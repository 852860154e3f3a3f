using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using KubeIdP.Cli.Network;

namespace KubeIdP.Cli.SignIn;

/// <summary>Authorization code and PKCE with a browser (RFC 8252): with state, nonce and the issuer in the answer (RFC 9207).</summary>
internal sealed class BrowserSignIn(IssuerAccess access)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <param name="maxAge">How old the proof of the person may be; null for as old as the issuer allows.</param>
    /// <param name="open">Whether a browser is opened; otherwise the person is told how one elsewhere reaches this machine.</param>
    /// <exception cref="CommandFault">The issuer refused, nobody came back, or what came back is not from the issuer.</exception>
    public async Task<SignedIn> RunAsync(string scope, TimeSpan? maxAge, bool open, CancellationToken ct)
    {
        var provider = await access.ProviderAsync(current: true, ct);
        var attempt = new Attempt(Secret(), Secret(), Secret());
        using var server = new LoopbackServer(attempt.State);
        var url = UrlOf(provider, attempt, server.RedirectUri, scope, maxAge);
        Invite(url, server.Port, open);

        using var arrival = await ArrivedAsync(server, ct);
        try
        {
            var signedIn = await FinishAsync(provider, attempt, server.RedirectUri, arrival, ct);
            await arrival.AnswerAsync(AnswerPage.Done(access.Issuer));
            return signedIn;
        }
        catch (CommandFault fault)
        {
            await arrival.AnswerAsync(AnswerPage.Failed(fault.Message));
            throw;
        }
    }

    /// <summary>Why an answer to the authorization request can't be used; null if it brings a code.</summary>
    public static string? FaultOf(Provider provider, Func<string, string?> parameter)
    {
        // RFC 9207 §2.4, before anything else: an error of another issuer must not be shown as one of this one.
        var from = parameter("iss");
        if (from is null ? provider.AnswersWithIssuer : from != provider.Issuer)
            return $"The answer in the browser is not from {provider.Issuer}. Nothing was sent there; start again.";

        if (parameter("error") is { Length: > 0 } error)
        {
            return parameter("error_description") is { Length: > 0 } description
                ? Plain.Text(description)
                : $"{provider.Issuer} refused the sign-in: {Plain.Text(error)}.";
        }

        return parameter("code") is { Length: > 0 } ? null : $"{provider.Issuer} answered without a code. Start again.";
    }

    private static Uri UrlOf(Provider provider, Attempt attempt, string redirectUri, string scope, TimeSpan? maxAge)
    {
        var challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(attempt.Verifier)));
        List<(string Name, string Value)> parameters =
        [
            ("response_type", "code"), ("client_id", OAuthClient.OwnId), ("redirect_uri", redirectUri), ("scope", scope),
            ("state", attempt.State), ("nonce", attempt.Nonce), ("code_challenge", challenge), ("code_challenge_method", "S256"),
        ];
        if (maxAge is { } age) parameters.Add(("max_age", ((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture)));

        var endpoint = provider.AuthorizationEndpoint.AbsoluteUri;
        var query = string.Join('&', parameters.Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(parameter.Value)}"));
        return new Uri(endpoint + (endpoint.Contains('?', StringComparison.Ordinal) ? '&' : '?') + query);
    }

    private static string Secret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    private static async Task<Arrival> ArrivedAsync(LoopbackServer server, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Limit);
        try
        {
            return await server.ArrivedAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new CommandFault($"Nobody signed in within {Limit.TotalMinutes:F0} minutes.");
        }
    }

    private void Invite(Uri url, int port, bool open)
    {
        if (open && BrowserLauncher.TryOpen(url))
        {
            access.Say($"Sign in with the browser that opens now, or at {url.AbsoluteUri}");
            return;
        }

        access.Say($"Sign in with a browser at {url.AbsoluteUri}");
        if (!open)
        {
            access.Say($"A browser on another machine reaches this one through a forwarded port. Run there first: "
                + $"ssh -L {port}:127.0.0.1:{port} {Environment.MachineName}");
        }
    }

    private async Task<SignedIn> FinishAsync(
        Provider provider, Attempt attempt, string redirectUri, Arrival arrival, CancellationToken ct)
    {
        if (FaultOf(provider, name => arrival[name]) is { } fault) throw new CommandFault(fault);

        var asked = access.Now;
        var answer = await access.AskAsync(
            [
                new("grant_type", "authorization_code"), new("client_id", OAuthClient.OwnId), new("code", arrival["code"]!),
                new("redirect_uri", redirectUri), new("code_verifier", attempt.Verifier),
            ], ct);
        if (answer is OAuthAnswer.Refused refused) throw new CommandFault(refused.Sentence);

        var tokens = ((OAuthAnswer.Issued)answer).Tokens;
        var id = tokens.IdToken is null ? null : IdToken.Read(tokens.IdToken);
        if (IdToken.FaultOf(id, access.Issuer, OAuthClient.OwnId) is { } idFault) throw new CommandFault(idFault);
        if (id!.Nonce != attempt.Nonce) throw new CommandFault("The answer belongs to another sign-in. Start again.");

        return new SignedIn(tokens, id, asked);
    }

    /// <summary>The secrets of one sign-in.</summary>
    /// <param name="Verifier">Of PKCE (RFC 7636 §4.1).</param>
    private sealed record Attempt(string State, string Nonce, string Verifier);
}
