namespace KubeIdP.Server.Web;

/// <summary>The way between our own pages, for somebody who is signed in.</summary>
internal static class Navigation
{
    /// <summary>The key of a page's view data under which the layout finds the visitor's session. Without one there is no navigation.</summary>
    public const string Visitor = "Visitor";
}
