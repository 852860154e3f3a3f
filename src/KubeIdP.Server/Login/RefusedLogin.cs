using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Login;

/// <summary>The message for a person who has proven who they are but may not sign in.</summary>
internal sealed record RefusedLogin(string Title, string What, string Next)
{
    public static RefusedLogin For(Refusal reason) => reason switch
    {
        Refusal.PasswordExpired or Refusal.MustChangePassword => new(Texts.NewPasswordTitle, Texts.NewPasswordWhat, Texts.NewPasswordNext),
        Refusal.Expired => new(Texts.ExpiredTitle, Texts.ExpiredWhat, Texts.ExpiredNext),
        Refusal.NotAllowed => new(Texts.NotAllowedTitle, Texts.NotAllowedWhat, Texts.BarredNext),
        Refusal.OutsideLogonHours => new(Texts.WrongHourTitle, Texts.WrongHourWhat, Texts.WrongHourNext),
        Refusal.NameNotAllowed => new(Texts.NameNotAllowedTitle, Texts.NameNotAllowedWhat, Texts.BarredNext),
        _ => new(Texts.BarredTitle, Texts.BarredWhat, Texts.BarredNext),
    };

    public static RefusedLogin NameTaken(string username) =>
        new(Texts.NameTakenTitle, Texts.NameTakenWhat.With(username), Texts.BarredNext);
}
