using KubeIdP.Data.People;

namespace KubeIdP.Server.Admin.People;

/// <summary>What an administrator can do to one person, beside setting groups. The closed list, in the order in which it is offered.</summary>
internal enum PersonAct
{
    EndSessions,
    Unlock,
    Invite,
    ResetFactors,
    Disable,
    Enable,
    Remove,
}

internal static class PersonActs
{
    private static readonly (PersonAct Act, string Slug)[] Slugs =
    [
        (PersonAct.EndSessions, "end-sessions"), (PersonAct.Unlock, "unlock"), (PersonAct.Invite, "invite"), (PersonAct.ResetFactors, "reset-factors"),
        (PersonAct.Disable, "disable"), (PersonAct.Enable, "enable"), (PersonAct.Remove, "remove"),
    ];

    /// <summary>As the page's address has it.</summary>
    public static string SlugOf(PersonAct act) => Slugs.Single(of => of.Act == act).Slug;

    public static PersonAct? Parse(string? slug) => Slugs.Where(of => of.Slug == slug).Select(of => (PersonAct?)of.Act).FirstOrDefault();

    public static IEnumerable<PersonAct> For(ListedPerson person) => Enum.GetValues<PersonAct>().Where(act => IsFor(act, person));

    /// <summary>Whether it makes sense to offer it. Whether it may be done is decided when it is.</summary>
    public static bool IsFor(PersonAct act, ListedPerson person) => person.Status is not PersonStatus.Removed && act switch
    {
        PersonAct.EndSessions => person.LiveSessions > 0,
        PersonAct.Invite => person.IsLocal && person.Status is not PersonStatus.Disabled,
        PersonAct.Disable => person.Status is not PersonStatus.Disabled,
        PersonAct.Enable => person.Status is PersonStatus.Disabled,
        PersonAct.Remove => person.IsLocal,
        _ => true,
    };
}
