using System.Collections.Concurrent;
using KubeIdP.Cli.Administration;
using KubeIdP.Core.Naming;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.People;
using KubeIdP.Data.Sessions;

namespace KubeIdP.Server.Freshness;

/// <summary>
/// Ensures that issued tokens agree with the directory: it asks again if the last answer is older than <see cref="FreshnessRules.MaxAge"/>.
/// Concurrent refreshes of one person share one look-up and its result; nobody waits for another person's directory.
/// </summary>
internal sealed class PersonFreshness(SharedLookups directories, UpstreamPeople people, RecentAnswers recent, SessionOptions options,
    ILogger<PersonFreshness> log)
{
    // One entry for each person who is being looked up.
    private readonly ConcurrentDictionary<string, Lazy<Task<PersonCheck>>> running = new(StringComparer.Ordinal);

    /// <param name="person">As just read.</param>
    /// <param name="now">When it was read, by the database's clock.</param>
    /// <param name="ct">Ends the wait; the look-up continues, because others may wait for it.</param>
    public Task<PersonCheck> OfAsync(PersonSnapshot person, DateTimeOffset now, CancellationToken ct)
    {
        if (!directories.CanAsk(person.Connector) || !FreshnessRules.IsDue(recent.KnownAt(person), now))
            return Task.FromResult<PersonCheck>(new PersonCheck.Good(person));

        return running.GetOrAdd(person.Id, _ => new Lazy<Task<PersonCheck>>(() => LookUpAsync(person, now))).Value.WaitAsync(ct);
    }

    private async Task<PersonCheck> LookUpAsync(PersonSnapshot person, DateTimeOffset now)
    {
        try
        {
            // Without a cancellation token, because several callers wait for this.
            var answer = await directories.AskAsync(person.Connector, person.UpstreamId, person.Id, person.Groups.Count > 0, now,
                CancellationToken.None);
            return answer switch
            {
                UpstreamAnswer.Known(var identity) => await AdoptAsync(person, identity, now),
                UpstreamAnswer.Refused(var reason) => await RefuseAsync(person, reason.ToString(), AdviceFor(reason)),
                UpstreamAnswer.Unreachable => WithoutAnswer(person, now),
                _ => throw new InvalidOperationException("The connector gave an answer of an unknown kind."),
            };
        }
        finally
        {
            running.TryRemove(person.Id, out _);
        }
    }

    private async Task<PersonCheck> AdoptAsync(PersonSnapshot person, UpstreamIdentity identity, DateTimeOffset now)
    {
        var current = WithDataOf(person, identity);
        if (IsSame(person, current))
        {
            if (FreshnessRules.MustBeStored(person.ReadAt, now))
                await people.ConfirmAsync(person.Id, person.ReadAt, now, CancellationToken.None);
            else recent.Confirm(person, now);
            return new PersonCheck.Good(person);
        }

        if (UserName.FaultOf(identity.Username) is not null)
            return await RefuseAsync(person, nameof(Refusal.NameNotAllowed), AdviceFor(Refusal.NameNotAllowed));

        switch (await people.UpdateAsync(person.Id, identity, now, CancellationToken.None))
        {
            case UpstreamChange.Done:
                log.PersonUpdated(person.Id, person.Connector.Value);
                return new PersonCheck.Good(current with { ReadAt = now });
            case UpstreamChange.PasswordChanged:
                return new PersonCheck.Refused("PasswordChanged", "Your password has been changed since you signed in. Sign in again.");
            case UpstreamChange.NameTaken:
                return await RefuseAsync(person, "NameTaken",
                    $"The directory now calls you \"{current.Username}\", which is another person's user name here. Ask an administrator.");
            default:
                throw new InvalidOperationException("The update had an unknown outcome.");
        }
    }

    private async Task<PersonCheck> RefuseAsync(PersonSnapshot person, string reason, string advice)
    {
        await people.EndSessionsAsync(person.Id, $"{person.Connector}: {reason}", CancellationToken.None);
        log.UpstreamRefused(person.Id, person.Connector.Value, reason);
        return new PersonCheck.Refused(reason, advice);
    }

    private PersonCheck WithoutAnswer(PersonSnapshot person, DateTimeOffset now) =>
        FreshnessRules.Serves(recent.KnownAt(person), now, options.UpstreamGrace)
            ? new PersonCheck.Good(person)
            : new PersonCheck.Unknown();

    private static PersonSnapshot WithDataOf(PersonSnapshot person, UpstreamIdentity identity) => person with
    {
        Username = UserName.Compose(identity.Username),
        DisplayName = identity.DisplayName,
        Email = identity.Email,
        EmailVerified = identity.EmailVerified,
        Groups = identity.Groups,
        PasswordChangedAt = Later(person.PasswordChangedAt, identity.PasswordChangedAt),
    };

    // The row stores milliseconds; a more precise time would look like a change at every look-up.
    private static DateTimeOffset? Later(DateTimeOffset? known, DateTimeOffset? now) =>
        now is { } moment && DateTimeOffset.FromUnixTimeMilliseconds(moment.ToUnixTimeMilliseconds()) is var stored && !(stored <= known)
            ? stored
            : known;

    private static bool IsSame(PersonSnapshot known, PersonSnapshot now) =>
        now with { Groups = known.Groups } == known && now.Groups.SequenceEqual(known.Groups, StringComparer.Ordinal);

    private static string AdviceFor(Refusal reason) => reason switch
    {
        Refusal.Disabled => "The account is disabled in the directory. Ask an administrator.",
        Refusal.Expired => "The account has expired in the directory. Ask an administrator.",
        Refusal.PasswordExpired or Refusal.MustChangePassword =>
            "The directory requires a new password. Change it where you usually do, then sign in again.",
        Refusal.NotAllowed => "The account is not in a group that may use this server. Ask an administrator.",
        Refusal.NameNotAllowed => "This user name can't be used with Kubernetes. Ask an administrator.",
        _ => "The directory no longer knows this account. Ask an administrator.",
    };
}
