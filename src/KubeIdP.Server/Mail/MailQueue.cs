using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Mail;

/// <summary>
/// Email messages that are sent in the background, so that whoever causes one neither waits for the mail server nor fails with it. They are
/// only in memory, so that one can be lost with this process: a message must say nothing that the database does not have too.
/// </summary>
internal sealed class MailQueue(Mailer mailer, TimeProvider clock, ILogger<MailQueue> log)
{
    /// <summary>The maximum number of messages that wait for a mail server that is away; further ones are not sent.</summary>
    public const int MaxWaiting = 1_000;

    /// <summary>How many are sent over one connection.</summary>
    private const int BatchSize = 10;

    /// <summary>For a batch. A relay that scans messages takes seconds for each; one that says nothing must not stop the job.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    /// <summary>The delays between the attempts. Greylisting takes some minutes, a restart of the mail server too.</summary>
    private static readonly TimeSpan[] Delays =
        [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(45)];

    private readonly Lock sync = new();
    private readonly List<Waiting> waiting = [];
    private readonly OncePerMinute full = new(clock);

    /// <summary>Whether a mail server is configured.</summary>
    public bool IsConfigured => mailer.IsConfigured;

    /// <summary>Returns at once. Without a mail server, nothing is sent.</summary>
    public void Add(EmailMessage message)
    {
        if (!IsConfigured) return;

        lock (sync)
        {
            if (waiting.Count < MaxWaiting)
            {
                waiting.Add(new Waiting(message, Attempts: 0, DueAt: clock.GetUtcNow()));
                return;
            }
        }

        if (full.CountSuppressed() is { } more) log.QueueFull(MaxWaiting, more);
    }

    /// <summary>Sends what is due. What the mail server does not accept is tried again later, five times altogether.</summary>
    /// <param name="onlyNew">Whether what was tried before is left out.</param>
    /// <param name="ct">What is not sent then stays in the queue.</param>
    public async Task SendAsync(bool onlyNew, CancellationToken ct)
    {
        var due = Due(onlyNew);
        if (due is []) return;

        var answers = await TrySendAsync(due, ct);
        lock (sync) waiting.RemoveAll(due.Contains);
        foreach (var (sent, answer) in due.Zip(answers)) if (answer is not null) TryLater(sent, answer);
    }

    private async Task<IReadOnlyList<string?>> TrySendAsync(IReadOnlyList<Waiting> due, CancellationToken ct)
    {
        using var timer = new CancellationTokenSource(Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timer.Token);
        try
        {
            return await mailer.SendAsync([.. due.Select(one => one.Message)], either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return [.. due.Select(_ => $"The mail server was not done within {Timeout.TotalMinutes} minutes.")];
        }
    }

    private List<Waiting> Due(bool onlyNew)
    {
        var now = clock.GetUtcNow();
        lock (sync) return [.. waiting.Where(one => one.DueAt <= now && !(onlyNew && one.Attempts > 0)).Take(BatchSize)];
    }

    private void TryLater(Waiting sent, string cause)
    {
        if (sent.Attempts == Delays.Length)
        {
            log.GivenUp(sent.Message.Name, cause);
            return;
        }

        if (sent.Attempts == 0) log.Delayed(sent.Message.Name, cause);
        lock (sync) waiting.Add(sent with { Attempts = sent.Attempts + 1, DueAt = clock.GetUtcNow() + Delays[sent.Attempts] });
    }

    /// <param name="Attempts">How many have failed.</param>
    /// <param name="DueAt">When to try next.</param>
    private sealed record Waiting(EmailMessage Message, int Attempts, DateTimeOffset DueAt);
}
