using KubeIdP.Data.People;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Admin.People;

/// <summary>What an administrator reads about a <see cref="PersonAct"/>.</summary>
/// <param name="Button">A few words, the same on the person's page and on the button that does it.</param>
/// <param name="Before">What will happen.</param>
/// <param name="Done">What has happened.</param>
/// <param name="Unchanged">Why nothing had to; null where it always has to.</param>
internal sealed record PersonActTexts(string Button, string Before, string Done, string? Unchanged = null)
{
    public static PersonActTexts Of(PersonAct act, string username) => act switch
    {
        PersonAct.EndSessions => new(
            Texts.EndSessions, Texts.EndSessionsBefore.With(username), Texts.EndSessionsDone.With(username), Texts.EndSessionsUnchanged.With(username)),
        PersonAct.Unlock => new(Texts.Unlock, Texts.UnlockBefore.With(username), Texts.UnlockDone.With(username)),
        PersonAct.Invite => new(Texts.Invite, Texts.InviteBefore.With(username, LocalAccounts.InvitationLifetime.TotalHours), Texts.InviteDone.With(username)),
        PersonAct.ResetFactors => new(Texts.ResetFactors, Texts.ResetFactorsBefore.With(username), Texts.ResetFactorsDone.With(username)),
        PersonAct.Disable => new(Texts.Disable, Texts.DisableBefore.With(username), Texts.DisableDone.With(username), Texts.DisableUnchanged.With(username)),
        PersonAct.Enable => new(Texts.Enable, Texts.EnableBefore.With(username), Texts.EnableDone.With(username), Texts.EnableUnchanged.With(username)),
        PersonAct.Remove => new(Texts.Remove, Texts.RemoveBefore.With(username, PersonStore.NameReservation.Days), Texts.RemoveDone.With(username)),
        _ => throw new InvalidOperationException("An act of an unknown kind."),
    };
}
