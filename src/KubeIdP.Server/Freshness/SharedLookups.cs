using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Upstreams;

namespace KubeIdP.Server.Freshness;

/// <summary>Looks one person up in an upstream: with a timeout, and treating implausible answers as an outage.</summary>
internal sealed class SharedLookups(ConnectorCatalog connectors, UpstreamEvents events, TimeProvider clock)
{
    private const string Operation = "lookup";

    /// <summary>A connector has timeouts of its own; this one applies even if it does not respect them.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(8);

    private readonly Dictionary<ConnectorId, DisappearanceLimit> limits = connectors.All.ToDictionary(connector => connector.Id,
        _ => new DisappearanceLimit());

    /// <summary>
    /// False for local accounts, and for upstreams in which nobody can be looked up without their password. True for an upstream that is no
    /// longer configured, which counts as not answering: its removal may be a mistake, and says nothing about its people.
    /// </summary>
    public bool CanAsk(ConnectorId id) => id != ConnectorId.Local && connectors.Find(id) is not { Connector: not IRefreshConnector };

    /// <param name="personId">The person to look up.</param>
    /// <param name="hadGroups">Whether the person was in any group, so that no groups would be a change.</param>
    /// <param name="now">By the database's clock.</param>
    /// <inheritdoc cref="IRefreshConnector.LookUpAsync"/>
    public async Task<UpstreamAnswer> AskAsync(ConnectorId id, string upstreamId, PersonId personId, bool hadGroups, DateTimeOffset now,
        CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        var answer = await AskWithinLimitAsync(id, upstreamId, ct);
        await events.RecordAnswerAsync(id, Operation, answer, clock.GetElapsedTime(start), ct);
        if (answer is UpstreamAnswer.Unreachable) return answer;

        var gone = answer switch
        {
            UpstreamAnswer.Refused(var reason) => FreshnessRules.LooksGone(reason),
            UpstreamAnswer.Known(var identity) => hadGroups && identity.Groups.Count == 0,
            _ => false,
        };
        if (!limits[id].Note(personId, gone, now)) return answer;

        await events.ImplausibleAsync(id, ct);
        return new UpstreamAnswer.Unreachable("too many people are gone or without groups at once");
    }

    private async Task<UpstreamAnswer> AskWithinLimitAsync(ConnectorId id, string upstreamId, CancellationToken ct)
    {
        if (connectors.Find<IRefreshConnector>(id) is not { } connector)
            return new UpstreamAnswer.Unreachable("it is no longer configured");

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Limit);
        UpstreamAnswer answer;
        try
        {
            answer = await connector.LookUpAsync(upstreamId, limit.Token).WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            answer = new UpstreamAnswer.Unreachable($"no answer within {Limit.TotalSeconds} seconds");
        }

        // A refusal that only concerns logins says nothing about the person here.
        if (answer is UpstreamAnswer.Refused(var reason) && !FreshnessRules.EndsSessions(reason))
            answer = new UpstreamAnswer.Unreachable($"{reason} is not an answer to a look-up");
        return answer;
    }
}
