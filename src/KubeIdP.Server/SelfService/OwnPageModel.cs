using KubeIdP.Data.Audit;
using KubeIdP.Data.Factors;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.SelfService;

/// <summary>A page about the signed-in person's own account.</summary>
internal abstract class OwnPageModel(SessionCookie cookie) : SignedInModel(cookie)
{
    /// <summary>The same page for items that belong to somebody else, are removed, or never existed.</summary>
    protected static MessagePage NotFoundPage =>
        new(StatusCodes.Status404NotFound, Texts.NotFoundTitle, Texts.NotFoundWhat, Texts.NotFoundNext);

    protected FactorOwner Owner => new(Session.PersonId, Session.Id);

    /// <summary>The person, as the actor for the audit log.</summary>
    protected Actor By => new(Session.PersonId, HttpContext.Address(), HttpContext.Reference());

    protected NewAuditEvent Audit(string type, string? detail = null) =>
        By.Did(type, Session.PersonId, detail) with { SessionId = Session.Id };
}
