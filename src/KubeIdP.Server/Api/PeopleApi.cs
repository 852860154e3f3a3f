using System.ComponentModel;
using System.Text.Json;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Naming;
using KubeIdP.Data.People;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Enrolment;
using KubeIdP.Server.Upstreams;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeIdP.Server.Api;

/// <summary>People of every upstream, and the accounts that live here.</summary>
internal static class PeopleApi
{
    private const string NoGroup = "Groups are a list of names; an empty one for none.";

    private const string Nobody = "There is nobody with this id, or no longer.";

    public static void MapPeopleApi(this IEndpointRouteBuilder api)
    {
        var people = api.MapGroup("/people").WithTags("people");
        people.MapGet("/", ListAsync).Needs(ApiScopes.PeopleRead).WithName("listPeople").WithSummary("People by name; without a status everybody but the removed.");
        people.MapGet("/{id}", ReadAsync).Needs(ApiScopes.PeopleRead).MayNotFind().WithName("getPerson").WithSummary("One person, also one who was removed.");
        people.MapPost("/", AddAsync).Needs(ApiScopes.PeopleWrite).WithName("addPerson").WithSummary("Adds a local account. What its person needs to begin stands in this answer and nowhere else.");
        people.MapPut("/{id}/groups", SetGroupsAsync).Needs(ApiScopes.PeopleWrite).MayNotFind().MayConflict().WithName("setGroups").WithSummary("Replaces the groups of a local account; the next refresh shows them.");
        people.MapPut("/{id}/display-name", SetDisplayNameAsync).Needs(ApiScopes.PeopleWrite).MayNotFind().MayConflict().WithName("setDisplayName").WithSummary("Replaces the display name of a local account; the next refresh shows it.");
        people.MapPost("/enrolment-codes", EnrolAsync).Needs(ApiScopes.PeopleWrite).WithName("offerEnrolment")
            .WithSummary($"Makes enrolment codes for up to {EnrolmentRollOut.MaxNames} people, who may never have been here.");
        foreach (var act in PersonActs.All) MapAct(people, act);
        people.MapPost("/{id}/export", ExportAsync).Needs(ApiScopes.PeopleWrite).MayNotFind().WithName("exportPerson").WithSummary("All that is kept of a person, but for secrets. That it was handed out is recorded.");
        people.MapPost("/{id}/erase", EraseAsync).Needs(ApiScopes.PeopleWrite).MayNotFind().MayConflict().WithName("erasePerson").WithSummary("Erases what is kept of a person who has been disabled or removed.");
    }

    private static async Task<Results<Ok<ApiPage<ApiPerson>>, ProblemHttpResult>> ListAsync(
        [AsParameters] PeopleQuery query, PeopleSearch search, HttpContext http, CancellationToken ct)
    {
        PersonStatus? status = null;
        if (query.Status is { } name && (status = ApiEnum.Parse<PersonStatus>(name)) is null) return ApiProblem.Invalid(http, $"There is no status {name}.");

        var filter = new PeopleFilter(query.Search, status, query.Group, query.Connector, query.Cursor) { Username = query.Username };
        return TypedResults.Ok(ApiPage<ApiPerson>.Of(await search.FindAsync(filter, ct), ApiPerson.Of));
    }

    private static async Task<Results<Ok<ApiPersonDetails>, ProblemHttpResult>> ReadAsync(string id, PeopleSearch search, HttpContext http, CancellationToken ct) =>
        await search.ReadAsync(new PersonId(id), ct) is { } person ? TypedResults.Ok(ApiPersonDetails.Of(person)) : ApiProblem.NotFound(http, Nobody);

    private static async Task<Results<Created<AddedPerson>, ProblemHttpResult>> AddAsync(NewPersonBody body, PersonAdministration administration, IssuerUrl issuer, HttpContext http, CancellationToken ct)
    {
        if (ReasonField.Of(body.Reason) is not { } reason) return ApiProblem.Invalid(http, ApiReason.Missing);

        if (string.IsNullOrWhiteSpace(body.Username)) return ApiProblem.Invalid(http, "A username is needed.");
        if (body.Groups?.Contains(null!) is true) return ApiProblem.Invalid(http, NoGroup);

        var password = string.IsNullOrEmpty(body.Password) ? null : body.Password;
        var account = new NewAccount(body.Username.Trim(), string.IsNullOrWhiteSpace(body.Email) ? null : body.Email.Trim(), body.Groups ?? [], password)
        {
            DisplayName = string.IsNullOrWhiteSpace(body.DisplayName) ? null : body.DisplayName.Trim(), By = ApiCaller.Of(http).Because(http, reason),
        };
        return await administration.AddAsync(account, ct) switch
        {
            PersonAdded.Done added => TypedResults.Created($"{ApiScopes.Audience(issuer)}/people/{added.PersonId}", AddedPerson.Of(added)),
            PersonAdded.Refused(var faults) => ApiProblem.Invalid(http, faults),
            _ => throw new InvalidOperationException("An answer of an unknown kind."),
        };
    }

    private static async Task<Results<Ok<ApiChange>, ProblemHttpResult>> SetGroupsAsync(
        string id, GroupsBody body, PersonAdministration administration, HttpContext http, CancellationToken ct)
    {
        if (ReasonField.Of(body.Reason) is not { } reason) return ApiProblem.Invalid(http, ApiReason.Missing);

        // Forgetting them must not take everything away.
        if (body.Groups is null || body.Groups.Contains(null!)) return ApiProblem.Invalid(http, NoGroup);
        return Answer(http, await administration.SetGroupsAsync(new PersonId(id), body.Groups, ApiCaller.Of(http).Because(http, reason), ct));
    }

    private static async Task<Results<Ok<ApiChange>, ProblemHttpResult>> SetDisplayNameAsync(
        string id, DisplayNameBody body, PersonAdministration administration, HttpContext http, CancellationToken ct)
    {
        if (ReasonField.Of(body.Reason) is not { } reason) return ApiProblem.Invalid(http, ApiReason.Missing);

        // Forgetting it must not take it away.
        if (body.DisplayName is not { } name) return ApiProblem.Invalid(http, "A displayName is needed; an empty one for none.");
        var displayName = string.IsNullOrWhiteSpace(name) ? null : name.Trim();
        return Answer(http, await administration.SetDisplayNameAsync(new PersonId(id), displayName, ApiCaller.Of(http).Because(http, reason), ct));
    }

    private static async Task<Results<Ok<ApiEnrolmentCodes>, ProblemHttpResult>> EnrolAsync(
        EnrolBody body, EnrolmentRollOut rollOut, ConnectorCatalog connectors, HttpContext http, CancellationToken ct)
    {
        if (ReasonField.Of(body.Reason) is not { } reason) return ApiProblem.Invalid(http, ApiReason.Missing);
        if (body.Names is not { Count: > 0 and <= EnrolmentRollOut.MaxNames } names || names.Any(string.IsNullOrWhiteSpace)) return ApiProblem.Invalid(http, $"Name 1 to {EnrolmentRollOut.MaxNames} people.");
        if (body.Mail && !rollOut.CanMail) return ApiProblem.Invalid(http, "There is no mail server in the configuration.");

        var connector = connectors.Choice(body.Connector);
        if (body.Connector is not null && connector is null) return ApiProblem.Invalid(http, $"There is no connector {body.Connector}.");

        return TypedResults.Ok(
            ApiEnrolmentCodes.Of(await rollOut.OfferAsync(names, connector, body.Mail, ApiCaller.Of(http).Because(http, reason), ct)));
    }

    private static async Task<Results<Ok<ApiPersonalData>, ProblemHttpResult>> ExportAsync(
        string id, ApiReason body, PersonalRecords records, HttpContext http, CancellationToken ct)
    {
        if (ReasonField.Of(body.Reason) is not { } reason) return ApiProblem.Invalid(http, ApiReason.Missing);
        return await records.ReadAsync(new PersonId(id), ApiCaller.Of(http).Because(http, reason), ct) is { } record ? TypedResults.Ok(ApiPersonalData.Of(record)) : ApiProblem.NotFound(http, Nobody);
    }

    private static async Task<Results<Ok<ErasedPerson>, ProblemHttpResult>> EraseAsync(string id, ApiReason body, PersonErasure erasure, HttpContext http, CancellationToken ct)
    {
        if (ReasonField.Of(body.Reason) is not { } reason) return ApiProblem.Invalid(http, ApiReason.Missing);
        return await erasure.EraseAsync(new PersonId(id), ApiCaller.Of(http).Because(http, reason), ct) switch
        {
            Erasure.Done(var events) => TypedResults.Ok(new ErasedPerson(events)),
            Erasure.StillActive => ApiProblem.Conflict(http, "Whoever may still sign in is disabled or removed first."),
            _ => ApiProblem.NotFound(http, Nobody),
        };
    }

    private static void MapAct(IEndpointRouteBuilder people, PersonActDefinition act)
    {
        var (path, name) = ($"/{{id}}/{act.Name}", OperationOf(act));
        var endpoint = act.HandsOut is null
            ? people.MapPost(path, async Task<Results<Ok<ApiChange>, ProblemHttpResult>> (
                string id, ApiReason body, PersonAdministration administration, HttpContext http, CancellationToken ct) =>
                ReasonField.Of(body.Reason) is { } reason
                    ? Answer(http, await administration.DoAsync(act.Act, new PersonId(id), ApiCaller.Of(http).Because(http, reason, body.Tell), ct))
                    : ApiProblem.Invalid(http, ApiReason.Missing))
            : people.MapPost(path, async Task<Results<Ok<IssuedSecretBody>, ProblemHttpResult>> (
                string id, ApiReason body, PersonAdministration administration, HttpContext http, CancellationToken ct) =>
                ReasonField.Of(body.Reason) is { } reason
                    ? HandedOut(http, await administration.DoAsync(act.Act, new PersonId(id), ApiCaller.Of(http).Because(http, reason, body.Tell), ct))
                    : ApiProblem.Invalid(http, ApiReason.Missing));
        endpoint.Needs(ApiScopes.PeopleWrite).MayNotFind().WithName(name).WithSummary(act.Summary)
            .WithDescription($"Its audit event is {act.AuditEvent}.");
        if (act.IsForLocalAccounts || act.EndangersLastAdministrator) endpoint.MayConflict();
    }

    /// <summary>As generated clients call it: disablePerson, resetFactorsOfPerson.</summary>
    private static string OperationOf(PersonActDefinition act) =>
        $"{JsonNamingPolicy.CamelCase.ConvertName($"{act.Act}")}{(act.Name.Contains('-', StringComparison.Ordinal) ? "Of" : "")}Person";

    private static Results<Ok<IssuedSecretBody>, ProblemHttpResult> HandedOut(HttpContext http, AccountChange change) => change switch
    {
        AccountChange.IssuedSecret made => TypedResults.Ok(new IssuedSecretBody(made.Secret, made.ExpiresAt)),
        AccountChange.Refused(var reasons) => ApiProblem.Conflict(http, string.Join(' ', reasons)),
        _ => ApiProblem.NotFound(http, Nobody),
    };

    private static Results<Ok<ApiChange>, ProblemHttpResult> Answer(HttpContext http, AccountChange change) => change switch
    {
        AccountChange.Done => TypedResults.Ok(new ApiChange(Changed: true)),
        AccountChange.Unchanged => TypedResults.Ok(new ApiChange(Changed: false)),
        AccountChange.Refused(var reasons) => ApiProblem.Conflict(http, string.Join(' ', reasons)),
        _ => ApiProblem.NotFound(http, Nobody),
    };
}

/// <summary>Which people; what is left out may be whatever it is.</summary>
internal sealed record PeopleQuery
{
    [Description("Part of a user name, a display name or a mail address.")]
    public string? Search { get; init; }

    [Description("Who has this user name, as Kubernetes sees it; also one who was removed and whose name is still kept from others.")]
    public string? Username { get; init; }

    [Description("Without it everybody but the removed.")]
    [NamesOf(typeof(PersonStatus))]
    public string? Status { get; init; }

    [Description("Members of this group, as their directory names it.")]
    public string? Group { get; init; }

    [Description("Where their accounts live; local is this server.")]
    public string? Connector { get; init; }

    [Description("The next of the page before.")]
    public string? Cursor { get; init; }
}

/// <summary>A local account.</summary>
/// <param name="Username">As Kubernetes will see it.</param>
/// <param name="Password">Left out: the person chooses one by an invitation link.</param>
/// <param name="DisplayName">The name for people to read, which tokens say as the claim name.</param>
internal sealed record NewPersonBody(
    string Username, string Reason, string? Email = null, IReadOnlyList<string>? Groups = null, [property: Text(TextKind.Opaque)] string? Password = null, string? DisplayName = null);

/// <summary>An account that was made, and what its person needs to begin: one of the two.</summary>
/// <param name="ExpiresAt">When that is worth nothing any more.</param>
internal sealed record AddedPerson(string Id, string? InvitationLink, string? EnrolmentCode, DateTimeOffset ExpiresAt)
{
    public static AddedPerson Of(PersonAdded.Done made) => new(
        made.PersonId,
        made.Kind is IssuedSecretKind.InvitationLink ? made.Secret : null,
        made.Kind is IssuedSecretKind.EnrolmentCode ? made.Secret : null,
        made.ExpiresAt);
}

/// <summary>The new groups, all of them.</summary>
internal sealed record GroupsBody(IReadOnlyList<string> Groups, string Reason);

/// <summary>The new display name; an empty one for none.</summary>
internal sealed record DisplayNameBody(string DisplayName, string Reason);

/// <summary>A link or a code that an administrator passes on. It stands in one answer.</summary>
internal sealed record IssuedSecretBody(string Secret, DateTimeOffset ExpiresAt);

/// <summary>Who gets an enrolment code.</summary>
/// <param name="Connector">Where to look; left out: where the name's domain says, or else the only place that knows it.</param>
/// <param name="Mail">Whether the mail server takes the codes to their people.</param>
internal sealed record EnrolBody(IReadOnlyList<string> Names, string Reason, string? Connector = null, bool Mail = false);

/// <summary>How many audit events lost what was personal in them.</summary>
internal sealed record ErasedPerson(long AuditEvents);
