using KubeIdP.Core.People;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Admin.People;

internal static class PersonTexts
{
    public static string Of(PersonStatus status) => status switch
    {
        PersonStatus.Active => Texts.Active,
        PersonStatus.NotEnrolled => Texts.NotEnrolled,
        PersonStatus.Invited => Texts.Invited,
        PersonStatus.Disabled => Texts.Disabled,
        PersonStatus.Removed => Texts.Removed,
        _ => throw new InvalidOperationException("A status of an unknown kind."),
    };

    public static string OfLiveSessions(int count) => count == 1 ? Texts.OneLiveSession : Texts.LiveSessionCount.With(count);
}
