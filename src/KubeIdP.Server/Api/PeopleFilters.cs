using KubeIdP.Cli.Api;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.People;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.People;
using KubeIdP.Data.Reports;
using KubeIdP.Server.Clients;

namespace KubeIdP.Server.Api;

/// <summary>The API's queries for people as filters of the database, for the API and the commands alike.</summary>
internal static class PeopleFilters
{
    private const int MaxDays = 36_500;

    /// <summary>What is wrong with the query; null when it is valid.</summary>
    public static string? FaultOf(PeopleQuery query) =>
        query.Status is { } name && ApiEnum.Parse<PersonStatus>(name) is null ? $"There is no status {name}." : null;

    /// <summary>Only without a fault.</summary>
    public static PeopleFilter Of(PeopleQuery query) => new(
        query.Search, query.Status is { } name ? ApiEnum.Parse<PersonStatus>(name) : null, query.Group,
        Identifier.OrNull<ConnectorId>(query.Upstream), query.Cursor) { Username = query.Username };

    /// <inheritdoc cref="FaultOf(PeopleQuery)"/>
    public static string? FaultOf(PeopleReportQuery query, ClientCatalog clients)
    {
        if (query.Dormant is <= 0 or > MaxDays) return "dormant takes a number of days.";

        return query.Client is { } id && clients.Find(id) is null ? $"There is no client {id} in the configuration." : null;
    }

    /// <summary>Only without a fault.</summary>
    public static PeopleReportFilter Of(PeopleReportQuery query) => new()
    {
        Group = query.Group, Connector = Identifier.OrNull<ConnectorId>(query.Upstream), Cursor = query.Cursor,
        WithoutPhishingResistantFactor = query.NoPhishingResistantFactor ?? false,
        DormantFor = query.Dormant is { } days ? TimeSpan.FromDays(days) : null,
    };
}
