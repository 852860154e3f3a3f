namespace KubeIdP.Core.Upstreams;

/// <summary>The closed set of outcomes of <see cref="IRedirectConnector.BeginAsync"/>.</summary>
public abstract record RedirectStart
{
    private RedirectStart()
    {
    }

    /// <param name="Address">Where the browser goes.</param>
    /// <param name="Form">The fields that it posts there; null: it goes there by GET.</param>
    /// <param name="Secret">
    /// The secret that the response is checked with, such as a PKCE verifier and a nonce. It must not leave the caller unprotected. It is
    /// stored in a cookie: at most some hundred characters.
    /// </param>
    public sealed record Redirect(Uri Address, IReadOnlyDictionary<string, string>? Form, string Secret) : RedirectStart;

    /// <summary>The upstream did not say where its sign-in page is.</summary>
    public sealed record Unreachable(string Detail) : RedirectStart;
}
