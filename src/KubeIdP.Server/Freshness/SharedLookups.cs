using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Upstreams;

namespace KubeIdP.Server.Freshness;

/// <summary>Asks an upstream about one person: within a time limit, and not believing that half a company left at once.</summary>
internal sealed class SharedLookups(ConnectorCatalog connectors, UpstreamEvents trouble, TimeProvider clock)
{
    private const string Operation = "lookup";

    /// <summary>A connector has limits of its own and keeps them; this one holds even if it doesn't.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(8);

    private readonly Dictionary<ConnectorId, DisappearanceLimit> watches = connectors.All.ToDictionary(connector => connector.Id, _ => new DisappearanceLimit());

    /// <summary>
    /// False when the row is the account itself, and where nobody can be looked up without their password. One that is not configured any more is asked
    /// and can't answer: that may be a slip of whoever wrote the configuration, and says nothing about its people.
    /// </summary>
    public bool CanAsk(ConnectorId id) => id != ConnectorId.Local && connectors.Find(id) is not { Connector: not IRefreshConnector };

    /// <param name="personId">Who is asked for.</param>
    /// <param name="hadGroups">Whether the person was in any group: to be in none is then news.</param>
    /// <param name="now">By the database's clock.</param>
    /// <inheritdoc cref="IRefreshConnector.LookUpAsync"/>
    public async Task<UpstreamAnswer> AskAsync(ConnectorId id, string upstreamId, PersonId personId, bool hadGroups, DateTimeOffset now, CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        var answer = await AskWithinLimitAsync(id, upstreamId, ct);
        await trouble.HeardAsync(id, Operation, answer, clock.GetElapsedTime(start), ct);
        if (answer is UpstreamAnswer.Unreachable) return answer;

        var gone = answer switch
        {
            UpstreamAnswer.Refused(var reason) => FreshnessRules.LooksGone(reason),
            UpstreamAnswer.Known(var identity) => hadGroups && identity.Groups.Count == 0,
            _ => false,
        };
        if (!watches[id].Note(personId, gone, now)) return answer;

        await trouble.ImplausibleAsync(id, ct);
        return new UpstreamAnswer.Unreachable("too many people are gone or without groups at once");
    }

    private async Task<UpstreamAnswer> AskWithinLimitAsync(ConnectorId id, string upstreamId, CancellationToken ct)
    {
        if (connectors.Find<IRefreshConnector>(id) is not { } connector) return new UpstreamAnswer.Unreachable("it is not configured any more");

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

        // What only bars a login says nothing here.
        if (answer is UpstreamAnswer.Refused(var reason) && !FreshnessRules.EndsSessions(reason)) answer = new UpstreamAnswer.Unreachable($"{reason} is no answer to a look-up");
        return answer;
    }
}
