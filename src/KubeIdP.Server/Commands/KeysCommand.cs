using System.CommandLine;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Keys;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Keys;

namespace KubeIdP.Server.Commands;

/// <summary>The keys that sign ID tokens. They come and go by themselves; this is for looking, and for the day when one has leaked.</summary>
internal static class KeysCommand
{
    public static Command Create(CommandContext context) =>
        new("keys", "See and change the keys that sign ID tokens, which rotate by themselves every 90 days, and the master key.") { List(context), Rotate(context), Retire(context), Rewrap(context) };

    private static Command List(CommandContext context)
    {
        var clusters = new Option<bool>("--clusters") { Description = "List the clients instead, and whether each has been given a token by the key in use: an API server fetches the new list when it meets one." };
        var output = OutputFormat.Option();
        var list = new Command("list", "List the keys that clusters know of, and those of before.") { clusters, output };
        list.SetAction((parsed, ct) => context.RunAsync(parsed, async services =>
        {
            if (parsed.GetValue(clusters)) return await ListClientsAsync(services, parsed.GetValue(output), ct);

            var rows = (await LoadAsync(services, ct)).All.Select(KeyRow.Of).ToList();
            await OutputFormat.WriteAsync(parsed.GetValue(output), rows, rows is [] ? "There is no key yet: the first start makes them." : TextTable.Of(
                ["ALGORITHM", "KEY ID", "STATE", "CREATED", "SIGNS FROM"],
                rows.Select(row => (string[])[row.Algorithm, row.KeyId, row.State, TextTable.Moment(row.CreatedAt), TextTable.Moment(row.SignsFrom)])));
            return 0;
        }, ct));
        return list;
    }

    private static async Task<int> ListClientsAsync(IServiceProvider services, string? output, CancellationToken ct)
    {
        var inUse = (await LoadAsync(services, ct)).InUse.ToDictionary(key => key.Algorithm);
        var last = await services.GetRequiredService<GrantStore>().LastUsedByClientAsync(ct);
        var rows = services.GetRequiredService<ClientCatalog>().All.OrderBy(client => client.Id, StringComparer.Ordinal).Select(client =>
        {
            var key = inUse.GetValueOrDefault(client.Options.SigningAlgorithm);
            DateTimeOffset? lastToken = last.TryGetValue(client.Id, out var at) ? at : null;
            return new ClientRow(client.Id, $"{client.Options.SigningAlgorithm}", key?.KeyId, lastToken, key is not null && lastToken >= key.Times.SignsFrom);
        }).ToList();
        await OutputFormat.WriteAsync(output, rows, TextTable.Of(
            ["CLIENT", "ALGORITHM", "KEY IN USE", "LAST TOKEN", "BY THAT KEY"],
            rows.Select(row => (string[])[row.Client, row.Algorithm, row.KeyInUse ?? "", row.LastToken is { } at ? TextTable.Moment(at) : "never", row.ByThatKey ? "yes" : "no"])));
        return 0;
    }

    private static Command Rotate(CommandContext context)
    {
        var now = new Option<bool>("--now")
        {
            Description = "A key has leaked: the new one signs in half a minute, and from then on nothing is believed that an older one signed. Without it the new key is announced for a day first, and nobody notices.",
        };
        var algorithm = new Option<SigningAlgorithm?>("--algorithm") { Description = "Only this one, RS256 or ES256. Default: both." };
        var reason = new Option<string?>("--reason") { Description = "Why, for the audit." };
        var output = OutputFormat.Option();
        var rotate = new Command("rotate", "Make the next key before its time.") { now, algorithm, reason, output };
        rotate.SetAction((parsed, ct) => context.RunAsync(parsed, async services =>
        {
            var (keys, clock) = (await LoadAsync(services, ct), services.GetRequiredService<TimeProvider>());
            var isUrgent = parsed.GetValue(now);
            var from = clock.GetUtcNow() + (isUrgent ? KeySchedule.Haste : KeySchedule.Announcement);
            var made = new List<string>();
            foreach (var each in parsed.GetValue(algorithm) is { } one ? [one] : Enum.GetValues<SigningAlgorithm>())
            {
                if (await keys.AddAsync(each, from, isUrgent, Actor.CommandLine with { Reason = parsed.GetValue(reason) }, ct) is { } keyId) made.Add(keyId);
                else await Console.Error.WriteLineAsync($"Somebody else has made the next key for {each} at this moment. Look with: keys list");
            }

            await keys.ReloadAsync(ct);
            await OutputFormat.WriteAsync(parsed.GetValue(output), keys.All.Where(key => made.Contains(key.Key.KeyId)).Select(KeyRow.Of), made is [] ? "No key was made." : $"""
                {string.Join('\n', made)}
                {(isUrgent ? Urgent(from) : $"Published at once, and signs from {TextTable.Moment(from)} on. The keys of before are published until all that they signed has expired.")}
                """);
            return made is [] ? CommandLine.NotDone : 0;
        }, ct));
        return rotate;
    }

    private static Command Retire(CommandContext context)
    {
        var id = new Argument<string>("KEY") { Description = "The key's id, as keys list shows it." };
        var reason = new Option<string?>("--reason") { Description = "Why, for the audit." };
        var output = OutputFormat.Option();
        var retire = new Command("retire", "Take a key out of use at once that does not sign any more, or not yet.") { id, reason, output };
        retire.SetAction((parsed, ct) => context.RunAsync(parsed, async services =>
        {
            var keyId = parsed.GetValue(id)!;
            if ((await LoadAsync(services, ct)).InUse.Any(key => key.KeyId == keyId))
            {
                await Console.Error.WriteLineAsync("This key signs now. One that has leaked is replaced and retired by: keys rotate --now");
                return CommandLine.NotDone;
            }

            var by = Actor.CommandLine with { Reason = parsed.GetValue(reason) };
            if (!await services.GetRequiredService<SigningKeyStore>().RetireAsync(keyId, services.GetRequiredService<TimeProvider>().GetUtcNow(), by, ct))
            {
                await Console.Error.WriteLineAsync($"There is no key {keyId} in use.");
                return CommandLine.NotDone;
            }

            await OutputFormat.WriteAsync(parsed.GetValue(output), new { keyId, retired = true }, $"{keyId} is retired. Running servers know it within {KeySchedule.Haste.TotalSeconds:0} s.");
            return 0;
        }, ct));
        return retire;
    }

    private static Command Rewrap(CommandContext context)
    {
        var to = new Option<FileInfo>("--to") { Description = "The file with the new master key, which has the form of the old one: 32 random bytes in base64.", Required = true };
        var reason = new Option<string?>("--reason") { Description = "Why, for the audit." };
        var output = OutputFormat.Option();
        var rewrap = new Command("rewrap", "Change the master key: what the configured one has wrapped is wrapped by another. What the keys themselves have signed and sealed stays good.") { to, reason, output };
        rewrap.SetAction((parsed, ct) =>
        {
            var next = MasterKey.Load(parsed.GetValue(to)!.FullName);
            return context.RunAsync(parsed, next, async services =>
            {
                try
                {
                    if (await services.GetRequiredService<MasterKeyChange>().ToAsync(next, Actor.CommandLine with { Reason = parsed.GetValue(reason) }, ct) is var (signing, sealing))
                    {
                        await OutputFormat.WriteAsync(parsed.GetValue(output), new { signing, sealing }, $"""
                            Wrapped anew: {signing} signing keys, {sealing} sealing keys.
                            Now put the new master key in the place of the old one (masterKeyFile) for every replica, and restart them one after the other; until then they go on with
                            what they hold. Then run this once more with the old one configured: it finds what a replica may have made in between. Keep the old one as
                            long as backups of before.
                            """);
                        return 0;
                    }

                    await Console.Error.WriteLineAsync("The keys changed at this moment, and nothing was done. Try again.");
                    return CommandLine.NotDone;
                }
                catch (Exception fault) when (KeyDiagnostics.IsDamage(fault))
                {
                    await Console.Error.WriteLineAsync($"Nothing was done: {fault.Message}");
                    return CommandLine.NotDone;
                }
            }, ct);
        });
        return rewrap;
    }

    // What it breaks must be said where somebody reads it in a hurry.
    private static string Urgent(DateTimeOffset from) => $"""
        Published now; signs from {TextTable.Moment(from)} on, when the keys of before are retired.
        What this breaks: nothing for people; each kubectl gets its next token with the new key within a minute. Tokens of before that are still good (a
        minute) are refused by clusters that ask about each token (tokenReview).
        What it does not do: an API server that checks signatures itself goes on believing the old key until it fetches ours again. It does so by itself when it
        meets a token of the new key: sign in to each cluster once (kubectl auth whoami), or restart its API servers. Which were given one: keys list --clusters
        """;

    private static async Task<SigningKeys> LoadAsync(IServiceProvider services, CancellationToken ct)
    {
        var keys = services.GetRequiredService<SigningKeys>();
        await keys.ReloadAsync(ct);
        return keys;
    }

    private sealed record ClientRow(string Client, string Algorithm, string? KeyInUse, DateTimeOffset? LastToken, bool ByThatKey);

    private sealed record KeyRow(string Algorithm, string KeyId, string State, DateTimeOffset CreatedAt, DateTimeOffset SignsFrom, DateTimeOffset? RetiredAt)
    {
        public static KeyRow Of((HeldKey Key, KeyState State) held) =>
            new($"{held.Key.Algorithm}", held.Key.KeyId, $"{held.State}".ToLowerInvariant(), held.Key.CreatedAt, held.Key.Times.SignsFrom, held.Key.Times.RetiredAt);
    }
}
