using KubeIdP.Core.Naming;

namespace KubeIdP.Cli.Api;

internal static class PersonActForms
{
    public static IReadOnlyList<PersonActForm> All { get; } =
    [
        new(PersonAct.SetGroups, name => $"{name} has new groups; tokens contain them from the next refresh on.")
        {
            Summary = "Replace the groups of a local account. Tokens contain them from the next refresh on.",
            Argument = new PersonActArgument.Names("groups", "--group") { Description = "A group, which tokens will contain" },
        },
        new(PersonAct.SetDisplayName, name => $"{name} has a new display name; tokens contain it from the next refresh on.")
        {
            Summary = "Replace the display name of a local account. Tokens contain it from the next refresh on.",
            Argument = new PersonActArgument.Text("displayName", TokenName.MaxLength)
            {
                Description = "The name that people read, such as \"Alice Example\"; the claim name in tokens",
            },
        },
        new(PersonAct.EndSessions, name => $"All sessions of {name} have ended.")
        {
            Summary = "End all sessions of a person. The person can sign in again.",
            Unchanged = name => $"{name} had no live session. Unfinished logins must start again.",
            EndsSessions = true,
        },
        new(PersonAct.Unlock, name => $"{name} can try again at once, on every replica.")
        {
            Summary = "Clear the failed password attempts of a person, so that their next attempt is not delayed. "
                + "Failed second factors stay counted: see reset-factors.",
        },
        new(PersonAct.Invite, name => $"{name} has a new invitation link; earlier links no longer work.")
        {
            Summary = "Create an invitation link for a local account. It replaces an earlier link; "
                + "with it the person sets a new password and a new second factor.",
            Issues = IssuedSecretKind.InvitationLink,
        },
        new(PersonAct.ResetFactors, name => $"{name} no longer has a second factor; all sessions have ended.")
        {
            Summary = "Remove all second factors of a person and end all sessions. Returns an enrolment code for the next second factor.",
            EndsSessions = true,
            Issues = IssuedSecretKind.EnrolmentCode,
        },
        new(PersonAct.Disable, name => $"{name} is disabled; all sessions have ended.")
        {
            Summary = "Prevent a person from signing in, and end all sessions. "
                + "Clusters that use token review refuse their tokens within seconds; other clusters accept them until they expire.",
            Unchanged = name => $"{name} is already disabled.",
            EndsSessions = true,
        },
        new(PersonAct.Enable, name => $"{name} can sign in again.")
        {
            Summary = "Let a disabled person sign in again.",
            Unchanged = name => $"{name} is not disabled.",
        },
        new(PersonAct.Remove, name => $"{name} is removed; all sessions have ended.")
        {
            Summary = $"Remove a local account. Its name stays reserved for {UserName.Reservation.Days} days.",
            EndsSessions = true,
        },
    ];

    public static PersonActForm Of(PersonAct act) => All.Single(form => form.Act == act);
}
