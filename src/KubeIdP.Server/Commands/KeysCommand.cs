using System.CommandLine;
using KubeIdP.Cli.Terminal;
using KubeIdP.Cli;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Keys;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Keys;

namespace KubeIdP.Server.Commands;

/// <summary>
/// The keys that sign ID tokens. They rotate automatically; these commands are for inspection, and for when a key has leaked.
/// </summary>
internal static class KeysCommand
{
    public static Command Create(CommandContext context) =>
        new("keys", "Show and change the keys that sign ID tokens (they rotate automatically every 90 days), and change the master "
            + "key.") { List(context), Rotate(context), Retire(context), Rewrap(context) };

    private static Command List(CommandContext context)
    {
        var clusters =
            new Option<bool>(
                "--clusters") { Description =
                    "List the clients instead, and whether each has received a token that the key in use signed: an API server fetches "
                    + "the new keys when it sees such a token." };
        var output = OutputFormat.Option();
        var list = new Command("list", "List the published keys and the earlier ones.") { clusters, output };
        list.SetAction((parsed, ct) => context.RunAsync(parsed, async services =>
        {
            if (parsed.GetValue(clusters)) return await ListClientsAsync(services, parsed.GetValue(output), ct);

            var rows = (await LoadAsync(services, ct)).All.Select(KeyRow.Of).ToList();
            await ObjectOutput.WriteAsync(parsed.GetValue(output), rows, rows.Select(row => row.KeyId),
                width => rows is [] ? "There is no key yet: the first start of the server creates them." : TextTable.Of(width,
                ["ALGORITHM", "KEY ID", "STATE", "CREATED", "SIGNS FROM"],
                rows.Select(row =>
                    (string[])[row.Algorithm, row.KeyId, row.State, TextTable.Timestamp(row.CreatedAt),
                        TextTable.Timestamp(row.SignsFrom)])));
            return 0;
        }, ct));
        return list.With("keys list", "keys list --clusters");
    }

    private static async Task<int> ListClientsAsync(IServiceProvider services, string? output, CancellationToken ct)
    {
        var inUse = (await LoadAsync(services, ct)).InUse.ToDictionary(key => key.Algorithm);
        var last = await services.GetRequiredService<GrantStore>().LastUsedByClientAsync(ct);
        var clients = services.GetRequiredService<ClientCatalog>().All.OrderBy(client => client.Id.Value, StringComparer.Ordinal);
        var rows = clients.Select(client =>
        {
            var key = inUse.GetValueOrDefault(client.Options.SigningAlgorithm);
            DateTimeOffset? lastToken = last.TryGetValue(client.Id, out var at) ? at : null;
            return new ClientRow(client.Id, $"{client.Options.SigningAlgorithm}", key?.KeyId, lastToken,
                key is not null && lastToken >= key.Times.SignsFrom);
        }).ToList();
        await ObjectOutput.WriteAsync(output, rows, rows.Select(row => row.Client), width => TextTable.Of(width,
            ["CLIENT", "ALGORITHM", "KEY IN USE", "LAST TOKEN", "BY THAT KEY"],
            rows.Select(row =>
                (string[])[row.Client, row.Algorithm, row.KeyInUse ?? "", row.LastToken is { } at ? TextTable.Timestamp(at) : "never",
                    row.ByThatKey ? "yes" : "no"])));
        return 0;
    }

    private static Command Rotate(CommandContext context)
    {
        var now = new Option<bool>("--now")
        {
            Description =
                "For a leaked key: the new key signs in half a minute, and from then on tokens that an older key signed are refused. "
                + "Without --now the new key is published for a day before it signs, which nobody notices.",
        };
        var algorithm =
            new Option<SigningAlgorithm?>("--algorithm") { Description = "Only this algorithm, RS256 or ES256. Default: both." };
        var reason = new Option<string?>("--reason") { Description = "The reason, for the audit log." };
        var output = OutputFormat.Option();
        var rotate = new Command("rotate", "Create the next key now instead of at the scheduled time.") { now, algorithm, reason, output };
        rotate.SetAction((parsed, ct) => context.RunAsync(parsed, async services =>
        {
            var (keys, clock) = (await LoadAsync(services, ct), services.GetRequiredService<TimeProvider>());
            var isUrgent = parsed.GetValue(now);
            var from = clock.GetUtcNow() + (isUrgent ? KeySchedule.EmergencyAnnouncement : KeySchedule.Announcement);
            var made = new List<string>();
            foreach (var each in parsed.GetValue(algorithm) is { } one ? [one] : Enum.GetValues<SigningAlgorithm>())
            {
                if (await keys.AddAsync(each, from, isUrgent, Actor.CommandLine with { Reason = parsed.GetValue(reason) }, ct) is { } keyId)
                    made.Add(keyId);
                else await Console.Error.WriteLineAsync($"Another process has just created the next key for {each}. See: keys list");
            }

            await keys.ReloadAsync(ct);
            await ObjectOutput.WriteAsync(parsed.GetValue(output), keys.All.Where(key => made.Contains(key.Key.KeyId)).Select(KeyRow.Of),
                made,
                made is [] ? "No key was created." : $"""
                {string.Join('\n', made)}
                {(isUrgent
                    ? Urgent(from)
                    : $"Published now; signs from {TextTable.Timestamp(from)}. "
                    + "The earlier keys stay published until all tokens that they signed have expired.")}
                """);
            return made is [] ? ExitCode.NotDone : 0;
        }, ct));
        return rotate.With("keys rotate", "keys rotate --now --algorithm ES256 --reason \"leaked\"");
    }

    private static Command Retire(CommandContext context)
    {
        var id = new Argument<string>("KEY") { Description = "The id of the key, as keys list prints it." };
        var reason = new Option<string?>("--reason") { Description = "The reason, for the audit log." };
        var output = OutputFormat.Option();
        var retire = new Command("retire", "Retire at once a key that no longer signs or does not sign yet.") { id, reason, output };
        retire.SetAction((parsed, ct) => context.RunAsync(parsed, async services =>
        {
            var keyId = parsed.GetValue(id)!;
            if ((await LoadAsync(services, ct)).InUse.Any(key => key.KeyId == keyId))
            {
                await Console.Error.WriteLineAsync("This key is in use. To replace and retire a leaked key: keys rotate --now");
                return ExitCode.NotDone;
            }

            var by = Actor.CommandLine with { Reason = parsed.GetValue(reason) };
            if (!await services.GetRequiredService<SigningKeyStore>()
                .RetireAsync(keyId, services.GetRequiredService<TimeProvider>().GetUtcNow(), by, ct))
            {
                await Console.Error.WriteLineAsync($"There is no key {keyId} in use.");
                return ExitCode.NotDone;
            }

            await ObjectOutput.WriteAsync(parsed.GetValue(output), new { keyId, retired = true }, [keyId],
                $"{keyId} is retired. Running servers pick this up within {KeySchedule.EmergencyAnnouncement.TotalSeconds:0} s.");
            return 0;
        }, ct));
        return retire.With("keys retire 2f6c1d8e");
    }

    private static Command Rewrap(CommandContext context)
    {
        var to = new Option<FileInfo>(
            "--to")
            {
                Description = "The file with the new master key: 32 random bytes in base64, like the old one. - reads standard input.",
                Required = true,
            };
        var reason = new Option<string?>("--reason") { Description = "The reason, for the audit log." };
        var output = OutputFormat.Option();
        var rewrap = new Command("rewrap",
            "Change the master key: keys that the configured master key has wrapped are wrapped by the new one. What those keys have "
            + "signed or protected stays valid.") { to, reason, output };
        rewrap.SetAction((parsed, ct) =>
        {
            var next = ReadNext(parsed.GetValue(to)!);
            return context.RunAsync(parsed, next, async services =>
            {
                try
                {
                    if (await services.GetRequiredService<MasterKeyChange>()
                        .ToAsync(next, Actor.CommandLine with { Reason = parsed.GetValue(reason) }, ct) is var (signing, dataProtection))
                    {
                        await ObjectOutput.WriteAsync(parsed.GetValue(output), new { signing, dataProtection }, names: [], $"""
                            Wrapped with the new master key: {signing} signing keys, {dataProtection} data protection keys.
                            Next: replace the master key (masterKeyFile) on every replica, and restart the replicas
                            one after the other; until then they work with the keys
                            that they have in memory. Then run this command again with the old master key configured:
                            it wraps keys that a replica created meanwhile.
                            Keep the old master key as long as backups from before the change.
                            """);
                        return 0;
                    }

                    await Console.Error.WriteLineAsync("Nothing was done, because the keys changed meanwhile. Try again.");
                    return ExitCode.NotDone;
                }
                catch (Exception fault) when (KeyDiagnostics.IsDamage(fault))
                {
                    await Console.Error.WriteLineAsync($"Nothing was done: {fault.Message}");
                    return ExitCode.NotDone;
                }
            }, ct);
        });
        return rewrap.With("keys rewrap --to next.key", "keys rewrap --to - < next.key");
    }

    private static MasterKey ReadNext(FileInfo file)
    {
        if (NamedFiles.IsStandard(file)) return MasterKey.Read(Console.In, "Standard input");
        if (NamedFiles.ReadRefusal(file.FullName, "Let your shell read it: COMMAND --to - < FILE") is { } refusal)
            throw new CommandFault(refusal);
        return MasterKey.Load(file.FullName);
    }

    // The consequences belong in the output, where somebody reads them in an emergency.
    private static string Urgent(DateTimeOffset from) => $"""
        Published now; signs from {TextTable.Timestamp(from)}, when the earlier keys are retired.
        What this breaks: nothing for people; each kubectl gets its next token, signed by the new key, within a minute.
        Clusters that use token review refuse
        tokens that an earlier key signed.
        What it does not do: an API server that verifies signatures itself trusts the old key until it fetches the keys again.
        It fetches them when it sees a
        token that the new key signed: sign in to each cluster once (kubectl auth whoami), or restart its API servers.
        Which clusters received such a token:
        keys list --clusters
        """;

    private static async Task<SigningKeys> LoadAsync(IServiceProvider services, CancellationToken ct)
    {
        var keys = services.GetRequiredService<SigningKeys>();
        await keys.ReloadAsync(ct);
        return keys;
    }

    private sealed record ClientRow(string Client, string Algorithm, string? KeyInUse, DateTimeOffset? LastToken, bool ByThatKey);

    private sealed record KeyRow(string Algorithm, string KeyId, string State, DateTimeOffset CreatedAt, DateTimeOffset SignsFrom,
        DateTimeOffset? RetiredAt)
    {
        public static KeyRow Of((HeldKey Key, KeyState State) held) =>
            new($"{held.Key.Algorithm}", held.Key.KeyId, $"{held.State}".ToLowerInvariant(), held.Key.CreatedAt, held.Key.Times.SignsFrom,
                held.Key.Times.RetiredAt);
    }
}
