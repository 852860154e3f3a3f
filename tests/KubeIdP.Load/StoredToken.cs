using System.Globalization;
using System.Net;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;

namespace KubeIdP.Load;

/// <summary>What came of one try to refresh, as a client sees it.</summary>
internal enum Seen
{
    Refreshed,

    /// <summary>503: nothing is lost, later again.</summary>
    Postponed,

    /// <summary>No answer: the server is gone, or the connection broke.</summary>
    Nothing,

    /// <summary>400: the person would have to sign in again.</summary>
    Refused,
}

/// <summary>A kubectl that stores the tokens of the last answer that it received.</summary>
internal sealed class StoredToken(TokenAnswer first)
{
    public TokenAnswer Held { get; private set; } = first;

    public string Grant { get; } = first.GrantId;

    public async Task<Seen> RefreshAsync(RelyingParty client, CancellationToken ct)
    {
        var (seen, answer) = await PresentAsync(client, Held.RefreshToken!, ct);
        if (seen == Seen.Refreshed) Held = answer!;
        return seen;
    }

    /// <summary>Keeps an answer that <see cref="PresentAsync"/> has brought.</summary>
    public void Keep(TokenAnswer answer) => Held = answer;

    public static async Task<(Seen Seen, TokenAnswer? Answer)> PresentAsync(RelyingParty client, string refreshToken, CancellationToken ct)
    {
        try
        {
            var answer = await client.RefreshAsync(refreshToken, ct);
            return answer.Status switch
            {
                HttpStatusCode.OK => (Seen.Refreshed, answer),
                HttpStatusCode.ServiceUnavailable => (Seen.Postponed, answer),
                HttpStatusCode.BadRequest => (Seen.Refused, answer),
                _ => throw new InvalidOperationException($"{(int)answer.Status}: {answer.Text}"),
            };
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException
            || (fault is TaskCanceledException && !ct.IsCancellationRequested))
        {
            return (Seen.Nothing, null);
        }
    }

    /// <summary>People who sign in, each with some kubectls in one browser.</summary>
    public static async Task<List<StoredToken>> SignInAsync(IssuerProcess issuer, int people, int kubectls, CancellationToken ct)
    {
        var kept = new List<StoredToken>();
        for (var person = 0; person < people; person++)
        {
            var account = await issuer.AddAccountAsync(string.Create(CultureInfo.InvariantCulture, $"person{person}"), ct, "platform");
            using var browser = issuer.CreateBrowser();
            for (var number = 0; number < kubectls; number++)
            {
                using var client = issuer.CreateClient();
                kept.Add(new StoredToken(await client.LogInAsync(browser, account, ct)));
            }
        }

        return kept;
    }
}
