using System.ComponentModel;
using KubeIdP.Core.Naming;
using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Admin;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Enrolment;
using KubeIdP.Server.Onboarding;
using KubeIdP.Server.Throttling;
using KubeIdP.Server.Upstreams;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

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
        Act(people, "end-sessions", "endSessionsOf", "Ends all sessions of a person.", (accounts, id, by, ct) => accounts.EndSessionsAsync(id, by, ct));
        Act(people, "disable", "disablePerson", "Bars a person from signing in, and ends all sessions.", (accounts, id, by, ct) => accounts.DisableAsync(id, by, ct));
        Act(people, "enable", "enablePerson", "Lets a disabled person sign in again.", (accounts, id, by, ct) => accounts.EnableAsync(id, by, ct));
        Act(people, "remove", "removePerson", "Removes a local account.", (accounts, id, by, ct) => accounts.RemoveAsync(id, by, ct));
        people.MapPost("/{id}/unlock", UnlockAsync).Needs(ApiScopes.PeopleWrite).MayNotFind().WithName("unlockPerson").WithSummary("Forgets the wrong passwords that were typed for a person.");
        HandOut(people, "invite", "invitePerson", "Makes a new invitation link for a local account.", (accounts, id, by, ct) => accounts.InviteAsync(id, by, ct), Links.InvitationUrl);
        HandOut(people, "reset-factors", "resetFactors", "Takes away all second factors and ends all sessions; the answer has the code for the next factor.",
            (accounts, id, by, ct) => accounts.ResetFactorsAsync(id, by, ct), (_, secret) => secret);
        people.MapPost("/{id}/export", ExportAsync).Needs(ApiScopes.PeopleWrite).MayNotFind().WithName("exportPerson").WithSummary("All that is kept of a person, but for secrets. That it was handed out is recorded.");
        people.MapPost("/{id}/erase", EraseAsync).Needs(ApiScopes.PeopleWrite).MayNotFind().MayConflict().WithName("erasePerson").WithSummary("Erases what is kept of a person who has been disabled or removed.");
    }

    private static async Task<Results<Ok<ApiPage<ListedPerson>>, ProblemHttpResult>> ListAsync([AsParameters] PeopleQuery query, PeopleSearch search, HttpContext http, CancellationToken ct)
    {
        PersonStatus? status = null;
        if (query.Status is { } name && (status = ApiEnum.Parse<PersonStatus>(name)) is null) return ApiProblem.Invalid(http, $"There is no status {name}.");

        var filter = new PeopleFilter(query.Search, status, query.Group, query.Connector, query.After) { Username = query.Username };
        return TypedResults.Ok(ApiPage<ListedPerson>.Of(await search.FindAsync(filter, ct)));
    }

    private static async Task<Results<Ok<ShownPerson>, ProblemHttpResult>> ReadAsync(string id, PeopleSearch search, HttpContext http, CancellationToken ct) =>
        await search.ReadAsync(id, ct) is { } person ? TypedResults.Ok(person) : ApiProblem.NotFound(http, Nobody);

    private static async Task<Results<Created<AddedPerson>, ProblemHttpResult>> AddAsync(NewPersonBody body, LocalAccounts accounts, IssuerUrl issuer, HttpContext http, CancellationToken ct)
    {
        if (ReasonField.Of(body.Reason) is not { } reason) return ApiProblem.Invalid(http, ApiReason.Missing);

        if (string.IsNullOrWhiteSpace(body.Username)) return ApiProblem.Invalid(http, "A username is needed.");
        if (body.Groups?.Contains(null!) is true) return ApiProblem.Invalid(http, NoGroup);

        var password = string.IsNullOrEmpty(body.Password) ? null : body.Password;
        var account = new NewAccount(body.Username.Trim(), string.IsNullOrWhiteSpace(body.Email) ? null : body.Email.Trim(), body.Groups ?? [], password)
        {
            DisplayName = string.IsNullOrWhiteSpace(body.DisplayName) ? null : body.DisplayName.Trim(), By = ApiCaller.Of(http).Because(http, reason),
        };
        var answer = await accounts.AddAsync(account, ct);
        if (answer is AddedAccount.Refused(var faults)) return ApiProblem.Invalid(http, faults.Select(fault => fault.Message));

        var added = AddedPerson.Of(answer, issuer);
        return TypedResults.Created($"{ApiScopes.Audience(issuer)}/people/{added.Id}", added);
    }

    private static async Task<Results<Ok<ApiChange>, ProblemHttpResult>> SetGroupsAsync(string id, GroupsBody body, LocalAccounts accounts, HttpContext http, CancellationToken ct)
    {
        if (ReasonField.Of(body.Reason) is not { } reason) return ApiProblem.Invalid(http, ApiReason.Missing);

        // Forgetting them must not take everything away.
        if (body.Groups is null || body.Groups.Contains(null!)) return ApiProblem.Invalid(http, NoGroup);
        return Answer(http, await accounts.SetGroupsAsync(id, body.Groups, ApiCaller.Of(http).Because(http, reason), ct));
    }

    private static async Task<Results<Ok<ApiChange>, ProblemHttpResult>> SetDisplayNameAsync(string id, DisplayNameBody body, LocalAccounts accounts, HttpContext http, CancellationToken ct)
    {
        if (ReasonField.Of(body.Reason) is not { } reason) return ApiProblem.Invalid(http, ApiReason.Missing);

        // Forgetting it must not take it away.
        if (body.DisplayName is not { } name) return ApiProblem.Invalid(http, "A displayName is needed; an empty one for none.");
        return Answer(http, await accounts.SetDisplayNameAsync(id, string.IsNullOrWhiteSpace(name) ? null : name.Trim(), ApiCaller.Of(http).Because(http, reason), ct));
    }

    private static async Task<Results<Ok<ApiChange>, ProblemHttpResult>> UnlockAsync(string id, ApiReason body, PeopleSearch search, ThrottleReset guesses, HttpContext http, CancellationToken ct)
    {
        if (ReasonField.Of(body.Reason) is not { } reason) return ApiProblem.Invalid(http, ApiReason.Missing);
        if (await search.ReadAsync(id, ct) is not { RemovedAt: null } person) return ApiProblem.NotFound(http, Nobody);

        await guesses.ForgetAsync(id, ApiCaller.Of(http).Because(http, reason).Did(AuditEventType.LoginUnlocked, id), ct);
        return TypedResults.Ok(new ApiChange(Changed: true));
    }

    private static async Task<Results<Ok<EnrolmentCodes>, ProblemHttpResult>> EnrolAsync(
        EnrolBody body, EnrolmentRollOut rollOut, ConnectorCatalog connectors, HttpContext http, CancellationToken ct)
    {
        if (ReasonField.Of(body.Reason) is not { } reason) return ApiProblem.Invalid(http, ApiReason.Missing);
        if (body.Names is not { Count: > 0 and <= EnrolmentRollOut.MaxNames } names || names.Any(string.IsNullOrWhiteSpace)) return ApiProblem.Invalid(http, $"Name 1 to {EnrolmentRollOut.MaxNames} people.");
        if (body.Mail && !rollOut.CanMail) return ApiProblem.Invalid(http, "There is no mail server in the configuration.");

        var connector = connectors.Choice(body.Connector);
        if (body.Connector is not null && connector is null) return ApiProblem.Invalid(http, $"There is no connector {body.Connector}.");

        return TypedResults.Ok(await rollOut.OfferAsync(names, connector, body.Mail, ApiCaller.Of(http).Because(http, reason), ct));
    }

    private static async Task<Results<Ok<PersonalRecord>, ProblemHttpResult>> ExportAsync(string id, ApiReason body, PersonalRecords records, HttpContext http, CancellationToken ct)
    {
        if (ReasonField.Of(body.Reason) is not { } reason) return ApiProblem.Invalid(http, ApiReason.Missing);
        return await records.ReadAsync(id, ApiCaller.Of(http).Because(http, reason), ct) is { } record ? TypedResults.Ok(record) : ApiProblem.NotFound(http, Nobody);
    }

    private static async Task<Results<Ok<ErasedPerson>, ProblemHttpResult>> EraseAsync(string id, ApiReason body, PersonErasure erasure, HttpContext http, CancellationToken ct)
    {
        if (ReasonField.Of(body.Reason) is not { } reason) return ApiProblem.Invalid(http, ApiReason.Missing);
        return await erasure.EraseAsync(id, ApiCaller.Of(http).Because(http, reason), ct) switch
        {
            Erasure.Done(var facts) => TypedResults.Ok(new ErasedPerson(facts)),
            Erasure.StillActive => ApiProblem.Conflict(http, "Whoever may still sign in is disabled or removed first."),
            _ => ApiProblem.NotFound(http, Nobody),
        };
    }

    private static void Act(IEndpointRouteBuilder people, string act, string name, string summary, Func<LocalAccounts, string, Actor, CancellationToken, Task<AccountChange>> change) =>
        people.MapPost($"/{{id}}/{act}", async Task<Results<Ok<ApiChange>, ProblemHttpResult>> (string id, ApiReason body, LocalAccounts accounts, HttpContext http, CancellationToken ct) =>
            ReasonField.Of(body.Reason) is { } reason ? Answer(http, await change(accounts, id, ApiCaller.Of(http).Because(http, reason, body.Tell), ct)) : ApiProblem.Invalid(http, ApiReason.Missing))
            .Needs(ApiScopes.PeopleWrite).MayNotFind().MayConflict().WithName(name).WithSummary(summary);

    private static void HandOut(
        IEndpointRouteBuilder people, string act, string name, string summary, Func<LocalAccounts, string, Actor, CancellationToken, Task<AccountChange>> change, Func<IssuerUrl, string, string> secretOf) =>
        people.MapPost($"/{{id}}/{act}", async Task<Results<Ok<IssuedSecretBody>, ProblemHttpResult>> (string id, ApiReason body, LocalAccounts accounts, IssuerUrl issuer, HttpContext http, CancellationToken ct) =>
        {
            if (ReasonField.Of(body.Reason) is not { } reason) return ApiProblem.Invalid(http, ApiReason.Missing);
            return await change(accounts, id, ApiCaller.Of(http).Because(http, reason, body.Tell), ct) switch
            {
                AccountChange.IssuedSecret made => TypedResults.Ok(new IssuedSecretBody(secretOf(issuer, made.Secret), made.ExpiresAt)),
                AccountChange.Refused(var reasons) => ApiProblem.Conflict(http, string.Join(' ', reasons)),
                _ => ApiProblem.NotFound(http, Nobody),
            };
        }).Needs(ApiScopes.PeopleWrite).MayNotFind().MayConflict().WithName(name).WithSummary(summary);

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
    public string? After { get; init; }
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
    /// <param name="answer">Not a refusal.</param>
    public static AddedPerson Of(AddedAccount answer, IssuerUrl issuer) => answer switch
    {
        AddedAccount.Invited made => new AddedPerson(made.PersonId, Links.InvitationUrl(issuer, made.Token), null, made.ExpiresAt),
        AddedAccount.Added made => new AddedPerson(made.PersonId, null, made.EnrolmentCode, made.EnrolmentCodeExpiresAt),
        _ => throw new ArgumentOutOfRangeException(nameof(answer)),
    };
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

/// <summary>How many facts of the audit lost what was personal in them.</summary>
internal sealed record ErasedPerson(long Facts);
