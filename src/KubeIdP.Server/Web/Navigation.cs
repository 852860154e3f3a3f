namespace KubeIdP.Server.Web;

/// <summary>The main navigation, for signed-in people.</summary>
internal static class Navigation
{
    /// <summary>The view data key of the visitor's session, for the layout. Without a session there is no navigation.</summary>
    public const string Visitor = "Visitor";
}
