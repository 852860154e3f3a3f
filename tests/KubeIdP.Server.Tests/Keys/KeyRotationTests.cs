using System.Text.Json;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Keys;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Protocol;
using KubeIdP.Testing.Time;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace KubeIdP.Server.Tests.Keys;

/// <summary>Keys are rotated on two replicas, and a client that knows what was published a day ago verifies everything.</summary>
public abstract class KeyRotationTests(RunningIssuer running) : IAsyncLifetime
{
    private const string Back = "http://localhost:8000/signed-out";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private InMemoryIssuer Issuer => running.Issuer;

    private FakeClock Clock => running.Clock;

    // Each with keys of its own: how old they are is what these tests are about.
    public ValueTask InitializeAsync() => running.InitializeAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return running.DisposeAsync();
    }

    [Fact]
    public async Task A_new_key_is_on_every_replica_a_day_before_it_signs_and_the_old_one_until_its_tokens_have_expired()
    {
        var other = await running.StartAnotherAsync(Ct);
        var old = await SignedAsync(Issuer);

        Clock.Advance(KeySchedule.Life - KeySchedule.Announcement);
        await Task.WhenAll(DoWhatIsDueAsync(Issuer), DoWhatIsDueAsync(other));
        await Task.WhenAll(DoWhatIsDueAsync(Issuer), DoWhatIsDueAsync(other));
        var announced = await JwksAsync(Issuer);
        Assert.Equal(Kids(announced), Kids(await JwksAsync(other)));
        Assert.Equal(4, Kids(announced).Count);
        Assert.Equal(KidOf(old), KidOf(await SignedAsync(other)));

        Clock.Advance(KeySchedule.Announcement);
        var (late, early) = (await SignedAsync(other), await SignedAsync(Issuer));
        Assert.Equal(KidOf(late), KidOf(early));
        Assert.NotEqual(KidOf(old), KidOf(late));
        await AssertVerifiesAsync(late, announced);
        await AssertVerifiesAsync(old, await JwksAsync(other));

        Clock.Advance(KeySchedule.PublishedAfterUse);
        await DoWhatIsDueAsync(Issuer);
        await DoWhatIsDueAsync(other);
        Assert.Equal(2, Kids(await JwksAsync(other)).Count);
        Assert.DoesNotContain(KidOf(old), Kids(await JwksAsync(Issuer)));
        var rows = await Issuer.Services.GetRequiredService<SigningKeyStore>().ListAsync(Ct);
        Assert.Equal((4, 2), (rows.Count, rows.Count(row => row.WrappedPrivateKey.Length == 0 && row.PublicKey is not null)));

        // Who signs out with the ID token of months ago is still known.
        var restarted = await running.StartAnotherAsync(Ct);
        Assert.True(await IsBelievedAsync(Issuer, old.IdToken));
        Assert.True(await IsBelievedAsync(restarted, old.IdToken));
        Assert.False(await IsBelievedAsync(restarted, old.IdToken[..^10] + "AAAAAAAAAA"));
    }

    [Fact]
    public async Task After_an_emergency_nothing_is_believed_that_an_older_key_signed()
    {
        var other = await running.StartAnotherAsync(Ct);
        var stolen = await SignedAsync(Issuer);

        var keys = Issuer.Services.GetRequiredService<SigningKeys>();
        foreach (var algorithm in Enum.GetValues<SigningAlgorithm>())
            Assert.NotNull(
                await keys.AddAsync(algorithm, Clock.GetUtcNow() + KeySchedule.EmergencyAnnouncement, retireOthers: true,
                    Actor.CommandLine with { Reason = "leaked" }, Ct));
        await DoWhatIsDueAsync(Issuer);
        await DoWhatIsDueAsync(other);
        var published = await JwksAsync(other);
        Assert.Equal(KidOf(stolen), KidOf(await SignedAsync(Issuer)));

        Clock.Advance(KeySchedule.EmergencyAnnouncement);
        await DoWhatIsDueAsync(Issuer);
        await DoWhatIsDueAsync(other);
        var fresh = await SignedAsync(other);
        await AssertVerifiesAsync(fresh, published);
        Assert.Equal(2, Kids(await JwksAsync(Issuer)).Count);
        Assert.DoesNotContain(KidOf(stolen), Kids(await JwksAsync(other)));
        Assert.False(await IsBelievedAsync(other, stolen.IdToken));
        Assert.True(await IsBelievedAsync(other, fresh.IdToken));
        await using var context = running.Database.CreateContext();
        Assert.Equal(2,
            await context.AuditEvents.CountAsync(entry => entry.Type == AuditEventType.KeyRetired && entry.Reason == "leaked", Ct));
    }

    [Fact]
    public async Task Replicas_that_find_it_due_at_once_make_one_key()
    {
        var replicas = new[] { Issuer, await running.StartAnotherAsync(Ct), await running.StartAnotherAsync(Ct) };
        var before = (await Issuer.Services.GetRequiredService<SigningKeyStore>().ListAsync(Ct)).Count;

        Clock.Advance(KeySchedule.Life);
        await Task.WhenAll(replicas.Select(replica => Task.Run(() => DoWhatIsDueAsync(replica), Ct)));

        Assert.Equal(before + 2, (await Issuer.Services.GetRequiredService<SigningKeyStore>().ListAsync(Ct)).Count);
    }

    private static Task DoWhatIsDueAsync(InMemoryIssuer replica) => replica.Services.GetRequiredService<SigningKeys>().DoWhatIsDueAsync(Ct);

    private async Task<TokenAnswer> SignedAsync(InMemoryIssuer replica)
    {
        using var client = replica.CreateClient();
        using var browser = replica.CreateBrowser();
        return await client.LogInAsync(browser, await Issuer.AddAccountAsync($"person-{Guid.NewGuid():N}"[..20], Ct, "platform"), Ct);
    }

    /// <summary>Only with a hint that is genuine does signing out lead back to the client.</summary>
    private static async Task<bool> IsBelievedAsync(InMemoryIssuer replica, string hint)
    {
        using var browser = replica.CreateBrowser();
        browser.StopAt = url => url.ToString().StartsWith(Back, StringComparison.Ordinal);
        return (await browser.GoAsync($"/connect/logout?id_token_hint={hint}&post_logout_redirect_uri={Uri.EscapeDataString(Back)}&state=s",
            Ct)).Redirect is not null;
    }

    private static async Task<string> JwksAsync(InMemoryIssuer replica)
    {
        using var client = replica.CreateClient();
        return (await client.GetJsonAsync(".well-known/jwks", Ct)).GetRawText();
    }

    private static string KidOf(TokenAnswer tokens) => tokens.Header.GetProperty("kid").GetString()!;

    private static List<string> Kids(string jwks) =>
        [.. JsonDocument.Parse(jwks).RootElement.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("kid").GetString()!)];

    private async Task AssertVerifiesAsync(TokenAnswer tokens, string jwks)
    {
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(tokens.IdToken, new TokenValidationParameters
        {
            ValidIssuer = Issuer.Issuer.OriginalString, ValidAudience = "kubernetes", ValidateLifetime = false,
                TryAllIssuerSigningKeys = false,
            IssuerSigningKeys = new JsonWebKeySet(jwks).GetSigningKeys(),
        });
        Assert.True(result.IsValid, result.Exception?.Message);
    }
}

public sealed class KeyRotationOnSqlite() : KeyRotationTests(new IssuerOnSqlite());

public sealed class KeyRotationOnPostgres() : KeyRotationTests(new IssuerOnPostgres());
