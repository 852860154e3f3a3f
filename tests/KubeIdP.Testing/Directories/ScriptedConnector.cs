using System.Collections.Concurrent;
using KubeIdP.Core.Upstreams;

namespace KubeIdP.Testing.Directories;

/// <summary>
/// A directory that answers what the test says: people with passwords, refusals, silence. It stands in for a server where a test is about
/// what the issuer makes of an answer; that real servers give these answers is proven beside their connectors.
/// </summary>
public sealed class ScriptedConnector(string id = "corp") : IPasswordConnector, IRefreshConnector, IPreviewConnector
{
    private readonly ConcurrentDictionary<string, Entry> entries = new(StringComparer.Ordinal);
    private int lookUps;

    public ConnectorId Id { get; } = new(id);

    /// <summary>How often somebody was looked up.</summary>
    public int LookUps => lookUps;

    /// <summary>The answer to every question about anybody; null: the truth.</summary>
    public UpstreamAnswer? Always { get; set; }

    /// <summary>What a look-up waits for.</summary>
    public Func<CancellationToken, Task> Pause { get; set; } = _ => Task.CompletedTask;

    /// <summary>What a password waits for, once it may be tried.</summary>
    public Func<CancellationToken, Task> PauseOfPassword { get; set; } = _ => Task.CompletedTask;

    /// <summary>After how many wrong passwords it locks an account; null: it does not.</summary>
    public LockOut? LockOut { get; set; }

    /// <summary>The names with which a password was tried, as the directory got them.</summary>
    public ConcurrentQueue<string> Typed { get; } = [];

    /// <summary>Adds an account, and answers with its immutable id.</summary>
    public string Add(string username, string password, params string[] groups)
    {
        var upstreamId = Guid.NewGuid().ToString("N");
        entries[upstreamId] = new Entry(upstreamId, username, password,
            new UpstreamAnswer.Known(new UpstreamIdentity(Id, upstreamId, username, username, $"{username}@corp.example", false, groups)));
        return upstreamId;
    }

    public void Change(string upstreamId, Func<UpstreamIdentity, UpstreamIdentity> change)
    {
        var changed = change(((UpstreamAnswer.Known)entries[upstreamId].Answer).Identity);
        entries[upstreamId] = entries[upstreamId] with { Username = changed.Username, Answer = new UpstreamAnswer.Known(changed) };
    }

    /// <summary>What is said of this account from now on.</summary>
    public void Set(string upstreamId, UpstreamAnswer answer) => entries[upstreamId] = entries[upstreamId] with { Answer = answer };

    public void SetPassword(string upstreamId, string password) => entries[upstreamId] = entries[upstreamId] with { Password = password };

    public void Remove(string upstreamId) => Set(upstreamId, new UpstreamAnswer.Refused(Refusal.Unknown));

    public async Task<UpstreamAnswer> AuthenticateAsync(string username, string password, Func<TriedAccount, Task<bool>> mayTry,
        CancellationToken ct)
    {
        var entry = Find(username);
        if (!await mayTry(new TriedAccount(Id, entry?.UpstreamId, BareName(username)) { LockOut = LockOut }))
            return new UpstreamAnswer.Refused(Refusal.Delayed);

        Typed.Enqueue(username);
        await PauseOfPassword(ct);
        return Always ?? (entry, password.Length > 0 && entry?.Password == password) switch
        {
            (null, _) => new UpstreamAnswer.Refused(Refusal.Unknown),
            (_, false) => new UpstreamAnswer.Refused(Refusal.WrongPassword),
            _ => entry.Answer,
        };
    }

    public async Task<UpstreamAnswer> LookUpAsync(string upstreamId, CancellationToken ct)
    {
        Interlocked.Increment(ref lookUps);
        await Pause(ct);
        return Always ?? (entries.TryGetValue(upstreamId, out var entry) ? entry.Answer : new UpstreamAnswer.Refused(Refusal.Unknown));
    }

    public Task<UpstreamAnswer> PreviewAsync(string username, CancellationToken ct) =>
        Task.FromResult(Always ?? Find(username)?.Answer ?? new UpstreamAnswer.Refused(Refusal.Unknown));

    public IReadOnlyList<string> SettingsFor(Refusal reason) => [];

    private Entry? Find(string typed)
    {
        var bare = BareName(typed);
        return entries.Values.FirstOrDefault(entry => entry.Username == bare
            && entry.Answer is not UpstreamAnswer.Refused { Reason: Refusal.Unknown });
    }

    private static string BareName(string typed) => typed.Split('\\')[^1].Split('@')[0];

    private sealed record Entry(string UpstreamId, string Username, string Password, UpstreamAnswer Answer);
}
