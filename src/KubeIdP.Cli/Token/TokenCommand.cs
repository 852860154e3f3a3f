using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using KubeIdP.Cli.SignIn;
using KubeIdP.Cli.Store;
using KubeIdP.Cli.Terminal;

namespace KubeIdP.Cli.Token;

/// <summary>
/// <c>kubeidp token CLUSTER</c>: the client-go credential plugin. A token that is fresh costs two files and neither a lock nor the network;
/// nothing of HTTP or TLS is loaded for it.
/// </summary>
internal static class TokenCommand
{
    public static Command Create(IssuerOptions issuer)
    {
        var cluster = new Argument<string>("CLUSTER") { Description = "The name of the cluster at the issuer." };
        var noLogin = new Option<bool>("--no-login") { Description = "Fail where somebody would have to sign in." };
        var command = new Command("token", "Print a token for a cluster, as kubectl wants it from a credential plugin.")
        {
            cluster,
            noLogin,
        };
        command.SetAction(async (parsed, ct) =>
        {
            var info = ExecInfo.Read(Environment.GetEnvironmentVariable(ExecInfo.Variable));
            using var access = issuer.Open(parsed, Console.Error.WriteLine, TimeProvider.System);
            var here = Surroundings.OfThisProcess();
            var canSignIn = !parsed.GetValue(noLogin) && SignInWays.CanAsk(info.Interactive, here);
            var client = info.IsThere ? ClientProcess.Parent() : null;
            var record = await GetAsync(access, parsed.GetValue(cluster)!, client, canSignIn, here, ct);
            await Console.Out.WriteLineAsync(AnswerOf(record, access.Now, info.ApiVersion));
        });
        return command.With("token prod", "token prod --issuer https://idp.example.com --no-login");
    }

    /// <summary>A usable token.</summary>
    /// <param name="client">Who gets it; null if this is not known, or nobody keeps it.</param>
    /// <exception cref="CommandFault">There is none, and why.</exception>
    public static async Task<ClusterRecord> GetAsync(
        IssuerAccess access, string cluster, ClientProcess? client, bool canSignIn, Surroundings here, CancellationToken ct)
    {
        var served = new ServedTokens(access.State.ServedPath(cluster));
        var stored = access.State.ReadCluster(cluster, access.State.ReadSession());
        var isKnown = stored is not null && client is not null && served.Contains(client, stored);

        // Only a client that asks before the time that it was told has been refused.
        var isRefused = isKnown && stored!.Life.IsFresh(access.Now);
        if (TokenDecision.IsServed(stored, access.Now, isRefused))
        {
            if (client is not null && !isKnown) served.Add(client, stored!);
            return stored!;
        }

        var renewed = await new TokenRenewal(access, cluster, canSignIn, here).RunAsync(isRefused ? stored : null, ct);
        if (client is not null) served.Add(client, renewed);
        return renewed;
    }

    private static string AnswerOf(ClusterRecord record, Moment now, string apiVersion) => JsonSerializer.Serialize(
        new ExecCredential
        {
            ApiVersion = apiVersion, Kind = "ExecCredential",
            Status = new ExecStatus(
                TokenDecision.Expiration(record, now).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), record.Token),
        },
        ExecJson.Default.ExecCredential);
}
