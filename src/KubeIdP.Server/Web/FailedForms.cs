using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace KubeIdP.Server.Web;

/// <summary>
/// Where a browser is led whose form has failed. Were the POST answered by a page, the browser would ask, on the way back to it, whether to send the form again.
/// The address is protected: otherwise anybody could make up failures, and with them the alarms.
/// </summary>
internal sealed class FailedForms(IDataProtectionProvider protection)
{
    public const string Path = "/form-failed";

    private const string Parameter = "failure";

    private readonly IDataProtector protector = protection.CreateProtector("KubeIdP.FailedForm");

    /// <param name="status">What the POST would have been answered with.</param>
    /// <param name="reference">Under which the log has the failure.</param>
    public SeeOther LeadTo(int status, string reference) =>
        new($"~{Path}?{Parameter}={Base64Url.EncodeToString(protector.Protect(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{status} {reference}"))))}");

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
