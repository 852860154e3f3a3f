using KubeIdP.Data.Audit;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Admin;

/// <summary>
/// A page of the administration. Auditors can view it, administrators can use its forms; anybody else sees only that they have no access.
/// A second factor must have been verified recently.
/// </summary>
internal abstract class AdminPageModel(SessionCookie cookie, AdminAccess access) : SignedInModel(cookie)
{
    public const string Root = "/admin";

    private AdminRole role;

    /// <summary>Whether to show the forms that change something.</summary>
    public bool MayChange => role is AdminRole.Administrator;

    protected static MessagePage NotFoundPage =>
        new(StatusCodes.Status404NotFound, Texts.NotFoundTitle, Texts.NotFoundWhat, Texts.NotFoundNext);

    protected sealed override TimeSpan? FactorMaxAge => AdminAccess.FreshFor;

    /// <summary>Whether the page only serves a change, so that auditors have nothing to view on it.</summary>
    protected virtual bool ChangesOnly => false;

    /// <summary>The actor, for the audit log.</summary>
    /// <param name="reason">As the administrator entered it.</param>
    /// <param name="tell">Whether the people whose sessions end see the reason.</param>
    protected Actor By(string? reason, bool tell = false) =>
        new(Session.PersonId, HttpContext.Address(), HttpContext.Reference()) { Reason = reason, ShowsReason = tell };

    protected sealed override async Task<IActionResult?> InsteadAsync(CancellationToken ct)
    {
        if (await access.RoleOfAsync(Session.PersonId, ct) is not { } found) return DirectoryAway;

        role = found;
        if (role is AdminRole.None) return NoAccess;

        // Every change is a POST, so this check covers all handlers, also future ones: auditors can't reach a handler that changes
        // anything.
        return role is AdminRole.Auditor && (ChangesOnly || !(HttpMethods.IsGet(Request.Method) || HttpMethods.IsHead(Request.Method)))
            ? LookOnly
            : null;
    }

    private static MessagePage NoAccess =>
        new(StatusCodes.Status403Forbidden, Texts.ForbiddenTitle, Texts.ForbiddenWhat, Texts.ForbiddenNext);

    private static MessagePage DirectoryAway =>
        new(StatusCodes.Status503ServiceUnavailable, Texts.DirectoryAwayTitle, Texts.DirectoryAwayWhat, Texts.DirectoryAwayNext);

    private static MessagePage LookOnly => new(StatusCodes.Status403Forbidden, Texts.LookOnlyTitle, Texts.LookOnlyWhat, Texts.LookOnlyNext);
}
