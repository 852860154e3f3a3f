using Microsoft.Playwright;

namespace KubeIdP.Server.Tests.Browsers;

internal static class Complaints
{
    /// <summary>
    /// Whatever the browser writes on its console: errors of scripts, resources that were missing, policies that were broken.
    /// </summary>
    public static List<string> Of(IPage page)
    {
        var complaints = new List<string>();
        page.Console += (_, message) =>
        {
            // On a slow machine the test is in a field before the browser has put the cursor into the first one.
            if (!message.Text.StartsWith("Autofocus processing was blocked", StringComparison.Ordinal)) complaints.Add(message.Text);
        };
        page.PageError += (_, error) => complaints.Add(error);
        return complaints;
    }
}
