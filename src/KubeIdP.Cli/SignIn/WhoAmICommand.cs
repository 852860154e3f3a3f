using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using KubeIdP.Cli.Network;
using KubeIdP.Cli.Terminal;

namespace KubeIdP.Cli.SignIn;

/// <summary><c>kubeidp whoami</c>.</summary>
internal static class WhoAmICommand
{
    public static Command Create(IssuerOptions issuer)
    {
        var output = OutputFormat.Option();
        var command = new Command("whoami", "Show who is signed in, until when, with which groups, and for which clusters.") { output };
        command.SetAction(async (parsed, ct) =>
        {
            using var access = issuer.Open(parsed, Console.Error.WriteLine, TimeProvider.System);
            var me = await AskAsync(access, ct);
            await OutputFormat.WriteAsync(
                parsed.GetValue(output), JsonSerializer.SerializeToNode(me, SelfJson.Default.WhoAmI), [me.Username], Text(me));
        });
        return command.With("whoami", "whoami --output json");
    }

    /// <summary>A point in time for people: in the time zone of this machine.</summary>
    public static string Local(DateTimeOffset time) =>
        time.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>For people.</summary>
    public static string Text(WhoAmI me)
    {
        var details = string.Join(", ", new[] { me.Name, me.Email }.Where(detail => !string.IsNullOrEmpty(detail)));
        var text = new StringBuilder(Plain.Text(details.Length > 0 ? $"{me.Username} ({details})" : me.Username));
        Line("Issuer", me.Issuer);
        if (me.EndsAt is { } end) Line("Session", $"until {Local(end)}");
        Line("Groups", me.Groups.Count > 0 ? string.Join(", ", me.Groups) : "none");
        if (me.Clusters is { } clusters)
            Line("Clusters", clusters.Count > 0 ? string.Join(", ", clusters.Select(cluster => cluster.Name)) : "none");
        return text.ToString();

        void Line(string name, string value) =>
            text.Append('\n').Append(CultureInfo.InvariantCulture, $"{name + ":",-10}{Plain.Text(value)}");
    }

    private static async Task<WhoAmI> AskAsync(IssuerAccess access, CancellationToken ct)
    {
        var identity = new OwnIdentity(access);
        try
        {
            return await identity.AskAsync(ct);
        }
        catch (Outage outage) when (identity.Stored() is { } stored)
        {
            access.Say($"{outage.Message}\nThis is what {access.Issuer} said at {Local(stored.KnownAt)}:");
            return stored;
        }
    }
}
