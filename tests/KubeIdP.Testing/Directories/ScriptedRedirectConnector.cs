using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using KubeIdP.Core.Upstreams;
using Microsoft.AspNetCore.WebUtilities;

namespace KubeIdP.Testing.Directories;

/// <summary>
/// An upstream on whose own page people sign in, and which answers what the test says. It stands in for a server where a test is about what
/// the issuer makes of an answer. As with PKCE, only who holds the secret of an attempt can redeem the code that came of it, and once.
/// </summary>
public sealed class ScriptedRedirectConnector(string id) : IRedirectConnector
{
    private readonly ConcurrentDictionary<string, (string Challenge, UpstreamAnswer Answer)> codes = new(StringComparer.Ordinal);

    public ConnectorId Id { get; } = new(id);

    /// <summary>The attempts that were begun.</summary>
    public ConcurrentQueue<RedirectAttempt> Begun { get; } = [];

    /// <summary>The attempts that were completed, however.</summary>
    public ConcurrentQueue<RedirectAttempt> Completed { get; } = [];

    /// <summary>The fields that the browser posts to the upstream; null: it goes there by GET.</summary>
    public IReadOnlyDictionary<string, string>? Form { get; set; }

    /// <summary>The next call fails with this, as a connector with a bug does.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Whether nobody answers at the beginning of an attempt.</summary>
    public bool IsAway { get; set; }

    /// <summary>Somebody as this upstream describes them; the same name is the same account.</summary>
    public UpstreamIdentity Describe(string username, params string[] groups) =>
        new(Id, $"id-of-{username}", username, username, $"{username}@{id}.example", false, groups);

    /// <summary>What a person does on the page of the upstream: the address to which it sends the browser back.</summary>
    /// <param name="page">Where the issuer has sent the browser.</param>
    /// <param name="answer">What the upstream says about the person.</param>
    public Uri SignIn(Uri page, UpstreamAnswer answer)
    {
        var sent = QueryHelpers.ParseQuery(page.Query);
        var code = Guid.NewGuid().ToString("N");
        codes[code] = (sent["code_challenge"].ToString(), answer);
        return new Uri($"{sent["redirect_uri"]}?code={code}&state={Uri.EscapeDataString(sent["state"].ToString())}");
    }

    public Task<RedirectStart> BeginAsync(RedirectAttempt attempt, CancellationToken ct)
    {
        Begun.Enqueue(attempt);
        if (IsAway) return Task.FromResult<RedirectStart>(new RedirectStart.Unreachable("nobody answers"));

        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var address = $"https://sign-in.{id}.example/?redirect_uri={Uri.EscapeDataString(attempt.Callback.AbsoluteUri)}"
            + $"&state={attempt.State}&code_challenge={ChallengeOf(secret)}";
        return Task.FromResult<RedirectStart>(new RedirectStart.Redirect(new Uri(address), Form, secret));
    }

    public Task<UpstreamAnswer> CompleteAsync(
        RedirectAttempt attempt, string secret, IReadOnlyDictionary<string, string> returned, CancellationToken ct)
    {
        Completed.Enqueue(attempt);
        if (Fault is { } fault) throw fault;

        return Task.FromResult(codes.TryRemove(returned.GetValueOrDefault("code", ""), out var found)
            && returned["state"] == attempt.State && found.Challenge == ChallengeOf(secret)
            ? found.Answer
            : new UpstreamAnswer.Refused(Refusal.Unknown));
    }

    private static string ChallengeOf(string secret) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(secret)));
}
