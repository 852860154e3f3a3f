using KubeIdP.Server.Sessions;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Clusters;

/// <summary>The base class of the portal's pages for people who are signed in.</summary>
internal abstract class PortalModel(SessionCookie cookie, Visitors visitors) : SignedInModel(cookie)
{
    private Visitor? visitor;

    public Visitor Visitor => visitor ?? throw new InvalidOperationException("The page was run without a visitor.");

    protected override async Task<IActionResult?> InsteadAsync(CancellationToken ct)
    {
        visitor = await visitors.FindAsync(Session.PersonId, ct);
        if (visitor is not null) return null;

        // Their sessions have ended with the answer of their directory.
        return SignInRedirect.For(Request.Path);
    }
}
