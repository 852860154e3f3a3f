using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Jobs;
using KubeIdP.Data.People;
using KubeIdP.Server.Runtime;
using KubeIdP.Server.Upstreams;

namespace KubeIdP.Server.Freshness;

/// <summary>
/// Looks up once a night everybody of an upstream who could still sign in or refresh, because people who never refresh are never looked up
/// otherwise. People who no longer exist lose their sessions and factors, unless so many are gone that it must be an outage.
/// </summary>
internal sealed class LeaversSearch(
    ConnectorCatalog connectors, NightlyJobStore nightlyJobs, UpstreamPeople people, UpstreamEvents events, JobServices services,
    ILogger<LeaversSearch> log) : BackgroundJob(services)
{
    public const string NightlyJob = "leavers";

    private const int PageSize = 500;

    // In parallel, so that a whole company is done by morning without much load on the upstream.
    private const int AtOnce = 4;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    protected override TimeSpan PauseAfterFailure => Interval;

    protected override async Task<TimeSpan?> RunAsync(CancellationToken stop)
    {
        if (connectors.All is []) return null;

        if (await nightlyJobs.BeginAsync(NightlyJob, stop)) await SearchAsync(stop);
        return Interval;
    }

    /// <summary>The search runs again the next night; refreshes look people up in the meantime.</summary>
    protected override void LogFailure(Exception fault) => log.LeaversSearchFailed(fault.GetBaseException().Message);

    public async Task SearchAsync(CancellationToken ct)
    {
        foreach (var upstream in connectors.With<IRefreshConnector>()) await SearchAsync(upstream, ct);
    }

    private async Task SearchAsync(IRefreshConnector upstream, CancellationToken ct)
    {
        // All people are looked up before anybody is removed, because only then it is known whether it is an outage.
        var (asked, gone) = (0, new List<PersonId>());
        await foreach (var person in CandidatesAsync(upstream.Id, ct))
        {
            var answers = await Task.WhenAll(person.Select(async one => (one.PersonId, Answer: await AskAsync(upstream, one, ct))));
            if (answers.Select(one => one.Answer).OfType<UpstreamAnswer.Unreachable>().FirstOrDefault() is { } silent)
            {
                await events.UnreachableAsync(upstream.Id, silent.Detail, ct);
                log.LeaversSearchPostponed(upstream.Id.Value);
                return;
            }

            asked += answers.Length;
            gone.AddRange(answers.Where(one => one.Answer is UpstreamAnswer.Refused { Reason: Refusal.Unknown })
                .Select(one => one.PersonId));
        }

        if (DisappearanceLimit.IsImplausible(gone.Count, asked))
        {
            await events.ImplausibleAsync(upstream.Id, ct);
            return;
        }

        foreach (var personId in gone)
        {
            if (await people.RemoveAsync(personId, $"{upstream.Id}: gone", ct)) log.LeaverRemoved(personId, upstream.Id.Value);
        }
    }

    /// <summary>The people of this upstream, a few at a time.</summary>
    private async IAsyncEnumerable<LeaversCandidate[]> CandidatesAsync(ConnectorId connector,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var after = "";
        while (await people.ListForLeaversSearchAsync(connector, after, PageSize, ct) is { Count: > 0 } page)
        {
            after = page[^1].PersonId;
            foreach (var few in page.Chunk(AtOnce))
                yield return few;
        }
    }

    private static async Task<UpstreamAnswer> AskAsync(IRefreshConnector upstream, LeaversCandidate person, CancellationToken ct)
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
