using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using KubeIdP.Testing.Processes;

namespace KubeIdP.Load;

/// <summary>
/// Three replicas under load, one of which is killed (SIGKILL) at a random moment, again and again. Each kubectl presents what it holds to
/// two replicas at once. What must hold: nobody has to sign in again; two answers to one token are one generation; a generation never goes
/// back, nor further than one lost answer explains; what was revoked stays so.
/// </summary>
internal sealed class CrashRun
{
    private const int Count = 3;

    private readonly Replicas replicas;
    private readonly List<StoredToken> kubectls;
    private readonly ConcurrentQueue<string> broken = [];
    private readonly ConcurrentBag<StoredToken> revoked = [];
    private int refreshed;
    private int unanswered;

    private CrashRun(Replicas replicas, List<StoredToken> kubectls) => (this.replicas, this.kubectls) = (replicas, kubectls);

    public static async Task<int> ExecuteAsync(int kills, int kubectls, bool json, CancellationToken ct)
    {
        await using var replicas = await Replicas.StartAsync(Count, ct);
        var all = await StoredToken.SignInAsync(replicas[0], people: (kubectls + 9) / 10, kubectls: 10, ct);

        // Some more, for a revocation every now and then.
        var spare = new Queue<StoredToken>(all.Skip(all.Count / 2));
        var run = new CrashRun(replicas, [.. all.Take(all.Count / 2)]);
        Console.Error.WriteLine($"{run.kubectls.Count} kubectls at {Count} replicas, {kills} kills.");
        return await run.GoAsync(kills, spare, json, ct);
    }

    private async Task<int> GoAsync(int kills, Queue<StoredToken> spare, bool json, CancellationToken ct)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var running = kubectls.Select(kubectl => Task.Run(() => WorkAsync(kubectl, end.Token, ct), ct)).ToList();
        var everyRevocation = Math.Max(1, kills / Math.Max(1, spare.Count));
        var began = Stopwatch.StartNew();
        for (var kill = 1; kill <= kills && broken.IsEmpty; kill++)
        {
            await Task.Delay(RandomNumberGenerator.GetInt32(20, 250), ct);
            var victim = replicas[RandomNumberGenerator.GetInt32(Count)];
            var revoking = kill % everyRevocation == 0 && spare.TryDequeue(out var given) ? RevokeAsync(given, ct) : Task.CompletedTask;
            await victim.KillAsync(ct);
            await victim.StartAsync(ct);
            await revoking;
            if (kill % 25 == 0) Console.Error.WriteLine($"{kill} kills, {refreshed} refreshes, {unanswered} without an answer");
        }

        await end.CancelAsync();
        await Task.WhenAll(running);
        await CheckEndAsync(ct);

        var result = new { kills, refreshed, withoutAnswer = unanswered, revoked = revoked.Count, broken = broken.ToArray(),
            minutes = began.Elapsed.TotalMinutes };
        Console.WriteLine(json ? JsonSerializer.Serialize(result) : string.Create(CultureInfo.InvariantCulture, $"""
            {kills} kills in {result.minutes:F0} min; {refreshed} refreshes that were seen, {unanswered} that were not;
            {revoked.Count} revocations.
            {(broken.IsEmpty ? "Every promise held." : string.Join('\n', broken))}
            """));
        return broken.IsEmpty ? 0 : 1;
    }

    private async Task WorkAsync(StoredToken kubectl, CancellationToken end, CancellationToken ct)
    {
        var clients = Enumerable.Range(0, Count).Select(number => replicas[number].CreateClient()).ToList();
        while (!end.IsCancellationRequested && broken.IsEmpty)
        {
            var (held, first) = (kubectl.Held, RandomNumberGenerator.GetInt32(Count));
            var answers = await Task.WhenAll(
                StoredToken.PresentAsync(clients[first], held.RefreshToken!, ct),
                StoredToken.PresentAsync(clients[(first + 1) % Count], held.RefreshToken!, ct));
            foreach (var (seen, answer) in answers)
            {
                if (seen == Seen.Refreshed) Interlocked.Increment(ref refreshed);
                else if (seen == Seen.Nothing) Interlocked.Increment(ref unanswered);
                else if (seen == Seen.Refused) broken.Enqueue($"{kubectl.Grant}: generation {held.Generation} was refused: {answer!.Text}");
            }

            var generations = answers.Where(answer => answer.Seen == Seen.Refreshed).Select(answer => answer.Answer!.Generation).Distinct()
                .ToList();

            // Within ten seconds one token has one successor; a machine that is slower than that may find the answer lost in between.
            if (generations.Count > 1)
                broken.Enqueue($"{kubectl.Grant}: generation {held.Generation} has the successors {string.Join(" and ", generations)}.");
            if (generations.Any(generation => generation <= held.Generation || generation > held.Generation + 2))
                broken.Enqueue($"{kubectl.Grant}: after generation {held.Generation} came {generations[0]}.");
            if (answers.FirstOrDefault(answer => answer.Seen == Seen.Refreshed).Answer is { } kept) kubectl.Keep(kept);
            await Task.Delay(TimeSpan.FromMilliseconds(50), ct);
        }
    }

    /// <summary>Until somebody says that it is done.</summary>
    private async Task RevokeAsync(StoredToken kubectl, CancellationToken ct)
    {
        for (var turn = 0; ; turn++)
        {
            using var client = replicas[turn % Count].CreateClient();
            try
            {
                using var answer = await client.PostAsync("connect/revoke", ct, ("token", kubectl.Held.RefreshToken),
                    ("token_type_hint", "refresh_token"));
                if (answer.IsSuccessStatusCode) break;
            }
            catch (HttpRequestException)
            {
                // Killed: whether it was done, nobody knows yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), ct);
        }

        revoked.Add(kubectl);
        await CheckRevokedAsync(kubectl, ct);
    }

    private async Task CheckEndAsync(CancellationToken ct)
    {
        foreach (var kubectl in revoked) await CheckRevokedAsync(kubectl, ct);
        using var client = replicas[0].CreateClient();
        foreach (var kubectl in kubectls)
        {
            if (await kubectl.RefreshAsync(client, ct) != Seen.Refreshed)
                broken.Enqueue($"{kubectl.Grant}: what was last seen is not good any more.");
        }
    }

    private async Task CheckRevokedAsync(StoredToken kubectl, CancellationToken ct)
    {
        for (var number = 0; number < Count; number++)
        {
            using var client = replicas[number].CreateClient();
            if ((await StoredToken.PresentAsync(client, kubectl.Held.RefreshToken!, ct)).Seen == Seen.Refreshed)
                broken.Enqueue($"{kubectl.Grant} was revoked and is alive.");
        }
    }
}
