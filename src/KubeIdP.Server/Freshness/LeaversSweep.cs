using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Jobs;
using KubeIdP.Data.People;
using KubeIdP.Server.Runtime;
using KubeIdP.Server.Upstreams;

namespace KubeIdP.Server.Freshness;

/// <summary>
/// Once a night looks up everybody of an upstream who could still get in, for who never refreshes is never asked for. Who is gone loses sessions and
/// factors, unless so many are gone that it must be an outage: then nobody does.
/// </summary>
internal sealed class LeaversSweep(
    ConnectorCatalog connectors, NightlyJobStore chores, UpstreamPeople people, UpstreamEvents trouble, JobServices services, ILogger<LeaversSweep> log) : BackgroundJob(services)
{
    public const string NightlyJob = "leavers";

    private const int PageSize = 500;

    // Side by side, so that a company is through by morning and the upstream hardly notices.
    private const int AtOnce = 4;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    protected override TimeSpan PauseAfterFailure => Interval;

    protected override async Task<TimeSpan?> RunAsync(CancellationToken stop)
    {
        if (connectors.All is []) return null;

        if (await chores.BeginAsync(NightlyJob, stop)) await SweepAsync(stop);
        return Interval;
    }

    /// <summary>Whatever it was, the next night is the next chance; refreshes ask in the meantime.</summary>
    protected override void LogFailure(Exception fault) => log.SweepFailed(fault.GetBaseException().Message);

    public async Task SweepAsync(CancellationToken ct)
    {
        foreach (var upstream in connectors.With<IRefreshConnector>()) await SweepAsync(upstream, ct);
    }

    private async Task SweepAsync(IRefreshConnector upstream, CancellationToken ct)
    {
        // First all are asked, then it is decided: before the last answer nobody knows whether the first were an outage.
        var (asked, gone) = (0, new List<PersonId>());
        await foreach (var person in WatchedAsync(upstream.Id, ct))
        {
            var answers = await Task.WhenAll(person.Select(async one => (one.PersonId, Answer: await AskAsync(upstream, one, ct))));
            if (answers.Select(one => one.Answer).OfType<UpstreamAnswer.Unreachable>().FirstOrDefault() is { } silent)
            {
                await trouble.UnreachableAsync(upstream.Id, silent.Detail, ct);
                log.SweepPutOff(upstream.Id.Value);
                return;
            }

            asked += answers.Length;
            gone.AddRange(answers.Where(one => one.Answer is UpstreamAnswer.Refused { Reason: Refusal.Unknown }).Select(one => one.PersonId));
        }

        if (DisappearanceLimit.IsImplausible(gone.Count, asked))
        {
            await trouble.ImplausibleAsync(upstream.Id, ct);
            return;
        }

        foreach (var personId in gone)
        {
            if (await people.RemoveAsync(personId, $"{upstream.Id}: gone", ct)) log.LeaverRemoved(personId, upstream.Id.Value);
        }
    }

    /// <summary>Those of this upstream, a few at a time.</summary>
    private async IAsyncEnumerable<WatchedPerson[]> WatchedAsync(ConnectorId connector, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var after = "";
        while (await people.ListWatchedAsync(connector, after, PageSize, ct) is { Count: > 0 } page)
        {
            after = page[^1].PersonId;
            foreach (var few in page.Chunk(AtOnce))
                yield return few;
        }
    }

    private static async Task<UpstreamAnswer> AskAsync(IRefreshConnector upstream, WatchedPerson person, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Limit);
        try
        {
            return await upstream.LookUpAsync(person.UpstreamId, limit.Token).WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new UpstreamAnswer.Unreachable($"no answer within {Limit.TotalSeconds} seconds");
        }
    }
}
