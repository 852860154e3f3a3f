using KubeIdP.Data.Audit;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Admin;

/// <summary>
/// A page of the administration. Auditors may look at it and administrators use its forms; anybody else learns that they may not, and nothing more. Both
/// factors must have been proven a short while ago.
/// </summary>
internal abstract class AdminPageModel(SessionCookie cookie, AdminAccess access) : SignedInModel(cookie)
{
    public const string Root = "/admin";

    private AdminRole role;

    /// <summary>Whether to offer what changes anything.</summary>
    public bool MayChange => role is AdminRole.Administrator;

    protected static MessagePage NotFoundPage => new(StatusCodes.Status404NotFound, Texts.NotFoundTitle, Texts.NotFoundWhat, Texts.NotFoundNext);

    protected sealed override TimeSpan? FactorMaxAge => AdminAccess.FreshFor;

    /// <summary>Whether the page is there for a change alone, so that there is nothing on it for an auditor.</summary>
    protected virtual bool ChangesOnly => false;

    /// <summary>Who acts, for the audit.</summary>
    /// <param name="reason">In the administrator's own words.</param>
    /// <param name="tell">Whether the people whose sessions end are told.</param>
    protected Actor By(string? reason, bool tell = false) => new(Session.PersonId, HttpContext.Address(), HttpContext.Reference()) { Reason = reason, TellsReason = tell };

    protected sealed override async Task<IActionResult?> InsteadAsync(CancellationToken ct)
    {
        if (await access.RoleOfAsync(Session.PersonId, ct) is not { } found) return DirectoryAway;

        role = found;
        if (role is AdminRole.None) return NotForYou;

        // Every form is a POST: whatever handlers a page will ever have, an auditor gets through to none that changes anything.
        return role is AdminRole.Auditor && (ChangesOnly || !(HttpMethods.IsGet(Request.Method) || HttpMethods.IsHead(Request.Method))) ? LookOnly : null;
    }

    private static MessagePage NotForYou => new(StatusCodes.Status403Forbidden, Texts.ForbiddenTitle, Texts.ForbiddenWhat, Texts.ForbiddenNext);

    private static MessagePage DirectoryAway => new(StatusCodes.Status503ServiceUnavailable, Texts.DirectoryAwayTitle, Texts.DirectoryAwayWhat, Texts.DirectoryAwayNext);

    private static MessagePage LookOnly => new(StatusCodes.Status403Forbidden, Texts.LookOnlyTitle, Texts.LookOnlyWhat, Texts.LookOnlyNext);
}
