using KubeIdP.Cli.Doctor.Facts;
using KubeIdP.Cli.Network;
using KubeIdP.Cli.SignIn;

namespace KubeIdP.Cli.Doctor.Sources;

/// <summary>What the issuer's API says about the person and their cluster.</summary>
internal static class SelfSource
{
    /// <summary>
    /// Null if nobody is signed in. What the issuer does not say is null alone: other checks say what is wrong with the issuer.
    /// </summary>
    public static async Task<SelfFacts?> ReadAsync(IssuerAccess access, string? cluster, CancellationToken ct)
    {
        var api = new SelfApi(access);
        try
        {
            var groups = await AskAsync(async () => (await api.SelfAsync(ct)).Groups);
            var clusters = await AskAsync(async () => await api.ClustersAsync(ct));
            return new SelfFacts(
                clusters?.Find(one => one.Name == cluster) is { } own ? StatedTime.Of(own.RevocationBoundSeconds) : null, groups);
        }
        catch (NotSignedIn)
        {
            return null;
        }
    }

    private static async Task<T?> AskAsync<T>(Func<Task<T>> ask)
        where T : class
    {
        try
        {
            return await ask();
        }
        catch (CommandFault fault) when (fault is not NotSignedIn)
        {
            return null;
        }
    }
}
