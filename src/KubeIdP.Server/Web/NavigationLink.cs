namespace KubeIdP.Server.Web;

/// <param name="Text">In the language of the request.</param>
/// <param name="Path">Within the issuer, beginning with a slash.</param>
/// <param name="Below">The link is marked as current on pages at and below this path.</param>
internal sealed record NavigationLink(string Text, string Path, string Below);
