using System.Text.Json;
using KubeIdP.Cli.Api;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.People;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Enrolment;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeIdP.Server.Api;

/// <summary>People of all upstreams, and changes to local accounts.</summary>
internal static class PeopleApi
{
    private const string NoGroup = "groups must be a list of names; an empty list removes all groups.";

    private const string Nobody = "There is no person with this id.";

    public static void MapPeopleApi(this IEndpointRouteBuilder api)
    {
        var people = api.MapGroup("/people").WithTags("people");
        people.MapGet("/", ListAsync).Needs(ApiScopes.PeopleRead).WithName("listPeople")
            .WithSummary("Lists people by name; without a status all but removed people.");
        people.MapGet("/{id}", ReadAsync).Needs(ApiScopes.PeopleRead).MayNotFind().WithName("getPerson")
            .WithSummary("Returns one person, also a removed one.");
        people.MapPost("/", AddAsync).Needs(ApiScopes.PeopleWrite).WithName("addPerson")
            .WithSummary("Adds a local account. The secret that the person needs to begin is only in this response.");
        foreach (var act in PersonActs.All) MapAct(people, act);
        people.MapPost("/enrolment-codes", EnrolAsync).Needs(ApiScopes.PeopleWrite).WithName("offerEnrolment")
            .WithSummary($"Creates enrolment codes for at most {EnrolmentRollOut.MaxNames} people, who may never have signed in.");
        people.MapPost("/{id}/export", ExportAsync).Needs(ApiScopes.PeopleWrite).MayNotFind().WithName("exportPerson")
            .WithSummary("Returns all data stored about a person, except secrets. The export is recorded in the audit log.");
        people.MapPost("/{id}/erase", EraseAsync).Needs(ApiScopes.PeopleWrite).MayNotFind().MayConflict().WithName("erasePerson")
            .WithSummary("Erases the data stored about a disabled or removed person.");
    }

    private static async Task<Results<Ok<ApiPage<ApiPerson>>, ProblemHttpResult>> ListAsync(
        [AsParameters] PeopleQuery query, PeopleSearch search, HttpContext http, CancellationToken ct)
    {
        if (PeopleFilters.FaultOf(query) is { } fault) return ApiProblem.Invalid(http, fault);

        return TypedResults.Ok(ApiPages.Of(await search.FindAsync(PeopleFilters.Of(query), ct), PersonRecords.Of));
    }

    private static async Task<Results<Ok<ApiPersonDetails>,
        ProblemHttpResult>> ReadAsync(string id, PeopleSearch search, HttpContext http, CancellationToken ct) =>
        await search.ReadAsync(new PersonId(id), ct) is { } person
            ? TypedResults.Ok(PersonRecords.DetailsOf(person))
            : ApiProblem.NotFound(http, Nobody);

    private static async Task<Results<Created<AddedPerson>,
        ProblemHttpResult>> AddAsync(NewPersonBody body, PersonAdministration administration, IssuerUrl issuer, HttpContext http,
            CancellationToken ct)
    {
        if (ReasonField.Of(body.Reason) is not { } reason) return ApiProblem.Invalid(http, ApiReason.Missing);

        if (string.IsNullOrWhiteSpace(body.Username)) return ApiProblem.Invalid(http, "username is required.");
        if (body.Groups?.Contains(null!) is true) return ApiProblem.Invalid(http, NoGroup);

        var password = string.IsNullOrEmpty(body.Password) ? null : body.Password;
        var account = NewAccount.Typed(body.Username, body.Email, body.Groups ?? [], password, body.DisplayName);
        return await administration.AddAsync(account, ApiCaller.Of(http).ActorFor(http, reason), ct) switch
        {
            PersonAdded.Done added => TypedResults.Created(
                $"{ApiScopes.Audience(issuer)}/people/{added.PersonId}", PersonRecords.Of(added)),
            PersonAdded.Refused(var faults) => ApiProblem.Invalid(http, faults),
            _ => throw new InvalidOperationException("An answer of an unknown kind."),
        };
    }

    private static async Task<Results<Ok<ApiEnrolmentCodes>, ProblemHttpResult>> EnrolAsync(
        EnrolBody body, PersonAdministration administration, HttpContext http, CancellationToken ct)
    {
        if (ReasonField.Of(body.Reason) is not { } reason) return ApiProblem.Invalid(http, ApiReason.Missing);
        if (body.Names is not { Count: > 0 and <= EnrolmentRollOut.MaxNames } names || names.Any(string.IsNullOrWhiteSpace))
            return ApiProblem.Invalid(http, $"names must contain 1 to {EnrolmentRollOut.MaxNames} user names.");

        var by = ApiCaller.Of(http).ActorFor(http, reason);
        return await administration.EnrolAsync(names, body.Upstream, body.Mail, by, ct) switch
        {
            EnrolmentAnswer.Done(var codes) => TypedResults.Ok(EnrolmentRecords.Of(codes)),
            EnrolmentAnswer.NoMailServer => ApiProblem.Invalid(http, "No mail server is configured."),
            EnrolmentAnswer.NoSuchUpstream => ApiProblem.Invalid(http, $"There is no upstream {body.Upstream}."),
            _ => throw new InvalidOperationException("An answer of an unknown kind."),
        };
    }

    private static async Task<Results<Ok<ApiPersonalData>, ProblemHttpResult>> ExportAsync(
        string id, ApiReason body, PersonAdministration administration, HttpContext http, CancellationToken ct)
    {
        if (ReasonField.Of(body.Reason) is not { } reason) return ApiProblem.Invalid(http, ApiReason.Missing);
        return await administration.ExportAsync(new PersonId(id), ApiCaller.Of(http).ActorFor(http, reason), ct) is { } record
            ? TypedResults.Ok(PersonRecords.AllOf(record))
            : ApiProblem.NotFound(http, Nobody);
    }

    private static async Task<Results<Ok<ErasedPerson>,
        ProblemHttpResult>> EraseAsync(string id, ApiReason body, PersonAdministration administration, HttpContext http,
            CancellationToken ct)
    {
        if (ReasonField.Of(body.Reason) is not { } reason) return ApiProblem.Invalid(http, ApiReason.Missing);
        return await administration.EraseAsync(new PersonId(id), ApiCaller.Of(http).ActorFor(http, reason), ct) switch
        {
            Erasure.Done(var events) => TypedResults.Ok(new ErasedPerson(events)),
            Erasure.StillActive => ApiProblem.Conflict(http, "The person can still sign in. Disable or remove the person first."),
            _ => ApiProblem.NotFound(http, Nobody),
        };
    }

    private static void MapAct(IEndpointRouteBuilder people, PersonActDefinition act)
    {
        var path = $"/{{id}}/{act.Path}";
        var endpoint = act switch
        {
            { Argument: { } argument } => people.MapPut(path, async Task<Results<Ok<ApiChange>, ProblemHttpResult>> (
                string id, ApiActBody body, PersonAdministration administration, HttpContext http, CancellationToken ct) =>
            {
                if (ReasonField.Of(body.Reason) is not { } reason) return ApiProblem.Invalid(http, ApiReason.Missing);
                if (body.ValueOf(argument) is not { } value) return ApiProblem.Invalid(http, ActBodies.Missing(argument));

                var by = ApiCaller.Of(http).ActorFor(http, reason, body.Tell);
                return Answer(http, await administration.DoAsync(act.Act, new PersonId(id), value, by, ct));
            }),
            { Issues: null } => people.MapPost(path, async Task<Results<Ok<ApiChange>, ProblemHttpResult>> (
                string id, ApiReason body, PersonAdministration administration, HttpContext http, CancellationToken ct) =>
            {
                if (ReasonField.Of(body.Reason) is not { } reason) return ApiProblem.Invalid(http, ApiReason.Missing);

                var by = ApiCaller.Of(http).ActorFor(http, reason, body.Tell);
                return Answer(http, await administration.DoAsync(act.Act, new PersonId(id), value: null, by, ct));
            }),
            _ => people.MapPost(path, async Task<Results<Ok<IssuedSecretBody>, ProblemHttpResult>> (
                string id, ApiReason body, PersonAdministration administration, HttpContext http, CancellationToken ct) =>
            {
                if (ReasonField.Of(body.Reason) is not { } reason) return ApiProblem.Invalid(http, ApiReason.Missing);

                var by = ApiCaller.Of(http).ActorFor(http, reason, body.Tell);
                return IssuedSecretOf(http, await administration.DoAsync(act.Act, new PersonId(id), value: null, by, ct));
            }),
        };
        endpoint.Needs(ApiScopes.PeopleWrite).MayNotFind().WithName(OperationOf(act)).WithSummary(act.Summary)
            .WithDescription($"Its audit event is {act.AuditEvent}.").WithMetadata(act);
        if (act.IsForLocalAccounts || act.EndangersLastAdministrator) endpoint.MayConflict();
    }

    /// <summary>The operation id, used by generated clients: disablePerson, resetFactorsOfPerson, setGroups.</summary>
    private static string OperationOf(PersonActDefinition act)
    {
        var name = JsonNamingPolicy.CamelCase.ConvertName($"{act.Act}");
        if (act.Argument is not null) return name;
        return act.Name.Contains('-', StringComparison.Ordinal) ? $"{name}OfPerson" : $"{name}Person";
    }

    private static Results<Ok<IssuedSecretBody>, ProblemHttpResult> IssuedSecretOf(HttpContext http, AccountChange change) => change switch
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
