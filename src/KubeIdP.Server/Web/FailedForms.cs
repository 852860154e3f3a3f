using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace KubeIdP.Server.Web;

/// <summary>
/// The page to which a browser is redirected when a form has failed. If a page were the response to the POST, the browser would ask, when
/// going back, whether to send the form again. The address is protected; otherwise anybody could fabricate failures and alarms.
/// </summary>
internal sealed class FailedForms(IDataProtectionProvider protection)
{
    public const string Path = "/form-failed";

    private const string Parameter = "failure";

    private readonly IDataProtector protector = protection.CreateProtector("KubeIdP.FailedForm");

    /// <param name="status">The status that the POST would have had.</param>
    /// <param name="reference">The reference of the failure in the log.</param>
    public SeeOther RedirectTo(int status, string reference) =>
        new($"~{Path}?{Parameter}={Base64Url.EncodeToString(protector.Protect(Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{status} {reference}"))))}");

    public async Task ShowAsync(HttpContext http)
    {
        if (Unprotect(http.Request.Query[Parameter].ToString()) is not [var status, var reference])
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        http.TraceIdentifier = reference;
        await Failures.ShowPageAsync(http, int.Parse(status, CultureInfo.InvariantCulture));
    }

    private string[]? Unprotect(string text)
    {
        try
        {
            return Encoding.ASCII.GetString(protector.Unprotect(Base64Url.DecodeFromChars(text))).Split(' ');
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException)
        {
            return null;
        }
    }
}
