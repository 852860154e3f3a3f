using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Naming;
using KubeIdP.Data.Fragments;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Sessions;

/// <summary>A <see cref="SessionFilter"/> as conditions over the live rows s of <c>sessions</c>, each with its person p.</summary>
internal static class SessionConditions
{
    public static void AddPeople(Database database, Conditions which, SessionFilter filter)
    {
        if (filter.Person is { } person)
            which.Add(PersonSql.HoldsText(database, "text", "exact"), ("text", UserName.Normalize(person)), ("exact", person));
        if (filter.Group is { } group) which.Add(PersonSql.HoldsGroup(database, "group"), ("group", PersonSql.GroupText(group)));
    }

    /// <param name="database">The database whose SQL dialect is used.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="few">The ids of the matching people, if they were looked up; null: they are matched by conditions.</param>
    public static Conditions Of(Database database, SessionFilter filter, IReadOnlyList<PersonId>? few = null)
    {
        // As a sub-select it is evaluated once, not for each row.
        var now = $"(SELECT {database.Now})";
        var which = new Conditions();
        which.Add(Live.Session("s", now));
        if (filter.Cursor is { } before)
            which.Add("(s.ends_at, s.id) < (@cursor_at, @cursor_id)", ("cursor_at", before.EndsAt), ("cursor_id", before.Id));
        if (filter.PersonId is { } personId) which.Add("s.person_id = @person_id", ("person_id", personId));
        if (few is null) AddPeople(database, which, filter);
        else
        {
            which.Add($"s.person_id IN ({string.Join(", ", few.Select((_, i) => $"@p{i}"))})",
                [.. few.Select((id, i) => ($"p{i}", (object?)id))]);
        }

        if (filter.ClientId is { } client)
            which.Add($"EXISTS (SELECT 1 FROM grants g WHERE g.session_id = s.id AND g.client_id = @client AND {Live.Grant("g")})",
                ("client", client));
        if (filter.Address is { } address) which.AddAddress(database, "s.address", address);
        if (filter.Method is { } method) which.Add(database.TextHolds("' ' || s.amr || ' '", "method"), ("method", $" {method} "));
        if (filter.Kind is { } kind) which.Add("s.kind = @kind", ("kind", (int)kind));
        if (filter.Since is { } since) which.Add("s.auth_time >= @since", ("since", since));
        if (filter.Until is { } until) which.Add("s.auth_time <= @until", ("until", until));
        if (filter.IdleTimeout is { } idle)
        {
            which.Add($"""
                (s.last_seen_at >= {now} - @idle OR EXISTS (SELECT 1 FROM grants u
                    WHERE u.session_id = s.id AND u.last_used_at >= {now} - @idle))
                """, ("idle", idle));
        }

        return which;
    }
}
