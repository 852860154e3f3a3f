using KubeIdP.Cli.Doctor.Facts;
using KubeIdP.Cli.Network;
using KubeIdP.Cli.SignIn;
using KubeIdP.Cli.Store;
using KubeIdP.Cli.Token;

namespace KubeIdP.Cli.Doctor.Sources;

/// <summary>The token that kubectl would present: from the plugin's files, or from the issuer, and never by a sign-in.</summary>
/// <param name="access">A login of kubeidp at the issuer; null if there is none.</param>
/// <param name="isSignedIn">Whether somebody is signed in there.</param>
internal sealed class TokenSource(IssuerAccess? access, bool isSignedIn, Surroundings here)
{
    /// <summary>For a kubeconfig with kubelogin.</summary>
    /// <param name="cached">What its cache holds.</param>
    public async Task<TokenFacts> OfKubeloginAsync(
        Subject subject, IReadOnlyList<(CachedToken Entry, string Token)> cached, DateTimeOffset now, CancellationToken ct)
    {
        var own = cached.Where(one => one.Entry.Claims.Issuer == subject.Issuer
                && one.Entry.Claims.Audiences.Contains(subject.ClientId ?? "", StringComparer.Ordinal))
            .MaxBy(one => one.Entry.Claims.ExpiresAt);
        var stored = own.Token is { } token ? TokenFacts.Of(token, own.Entry.File) : null;
        if (stored is not null && !stored.IsExpired(now)) return stored;

        // A token that has expired still shows what the next one is like.
        var issued = isSignedIn ? await OfKubeidpAsync(subject, ct) : null;
        return issued is { Claims: not null } or { Refusal: not null }
            ? issued
            : stored ?? TokenFacts.None($"sign in first: kubectl --context '{subject.Context}' get namespaces");
    }

    /// <summary>From the login of kubeidp.</summary>
    public async Task<TokenFacts> OfKubeidpAsync(Subject subject, CancellationToken ct)
    {
        var signIn = $"sign in first: kubeidp login --issuer {subject.Issuer}";
        if (subject.ClientId is not { } cluster) return TokenFacts.None("no cluster is named.");
        if (access is null || !isSignedIn) return TokenFacts.None(signIn);

        try
        {
            var before = access.State.ReadCluster(cluster, access.State.ReadSession());
            var record = await TokenCommand.GetAsync(access, cluster, client: null, canSignIn: false, here, ct);
            var file = record.Token == before?.Token ? Path.ChangeExtension(access.State.ServedPath(cluster), ".json") : null;
            return TokenFacts.Of(
                    record.Token, file, DateTimeOffset.FromUnixTimeMilliseconds(record.Life.Since),
                    file is null ? access.Clock.GetUtcNow() : null)
                ?? TokenFacts.None("the issuer gave one that is no JWT.");
        }
        catch (NotSignedIn over)
        {
            return TokenFacts.None(over.Sentence is { } sentence ? $"{sentence} {Sentence(signIn)}" : signIn);
        }
        catch (CommandFault fault) when (fault is Outage or LockBusy)
        {
            return TokenFacts.None(fault.Message);
        }
        catch (CommandFault fault)
        {
            return TokenFacts.None("check 9 (plugin) says why.") with { Refusal = fault.Message };
        }
    }

    private static string Sentence(string text) => $"{char.ToUpperInvariant(text[0])}{text[1..]}";
}
