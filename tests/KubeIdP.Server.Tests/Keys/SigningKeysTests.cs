using System.Security.Cryptography;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Keys;
using KubeIdP.Data.Schema;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Processes;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace KubeIdP.Server.Tests.Keys;

public sealed class SigningKeysTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly MasterKey masterKey = new(RandomNumberGenerator.GetBytes(32));
    private Database database = null!;
    private SigningKeyStore store = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = Database.Sqlite(folder.File("kubeidp.db"), TimeProvider.System);
        store = new SigningKeyStore(database, new AuditLog(database, new AuditKeySource(new AuditKey(new byte[AuditKey.Size]))));
        await using var context = Context();
        await context.Database.EnsureCreatedAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        SqliteConnection.ClearAllPools();
        folder.Dispose();
    }

    [Theory]
    [InlineData(SigningAlgorithm.RS256)]
    [InlineData(SigningAlgorithm.ES256)]
    public async Task A_key_signs_after_a_restart_what_the_first_start_published(SigningAlgorithm algorithm)
    {
        var published = (await LoadAsync()).For(algorithm);

        var token = new JsonWebTokenHandler()
            .CreateToken(new SecurityTokenDescriptor { Issuer = "i", SigningCredentials = (await LoadAsync()).For(algorithm) });

        var result = await new JsonWebTokenHandler()
            .ValidateTokenAsync(token,
                new TokenValidationParameters { ValidIssuer = "i", ValidateAudience = false, IssuerSigningKey = published.Key });
        Assert.True(result.IsValid, result.Exception?.Message);
        Assert.Equal($"{algorithm}", new JsonWebToken(token).Alg);
        Assert.Equal(Base64UrlEncoder.Encode(published.Key.ComputeJwkThumbprint()), new JsonWebToken(token).Kid);
    }

    [Fact]
    public async Task Replicas_that_start_at_once_have_the_same_keys()
    {
        var replicas = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(LoadAsync, Ct)));

        var published = replicas.Select(replica => string.Join(" ", replica.Published.Select(key => key.Kid)));
        Assert.Single(published.Distinct());
        Assert.Equal(2, replicas[0].Published.Count);
    }

    [Fact]
    public async Task Another_master_key_does_not_start_and_changes_nothing()
    {
        var before = await LoadAsync();

        await Assert.ThrowsAsync<CryptographicException>(() =>
            new SigningKeys(store, new MasterKey(new byte[32]), TimeProvider.System).LoadOrCreateAsync(Ct));

        Assert.Equal(before.Published.Select(key => key.Kid), (await LoadAsync()).Published.Select(key => key.Kid));
    }

    [Fact]
    public async Task A_key_in_anothers_row_is_refused()
    {
        await LoadAsync();
        await using var context = Context();
        await context.Database.ExecuteSqlAsync($"UPDATE signing_keys SET key_id = 'another' WHERE algorithm = 'RS256'", Ct);

        await Assert.ThrowsAsync<CryptographicException>(LoadAsync);
    }

    private async Task<SigningKeys> LoadAsync()
    {
        var keys = new SigningKeys(store, masterKey, TimeProvider.System);
        await keys.LoadOrCreateAsync(Ct);
        return keys;
    }

    private KubeIdpDbContext Context()
    {
        var options = new DbContextOptionsBuilder<KubeIdpDbContext>();
        database.Configure(options);
        return new KubeIdpDbContext(options.Options);
    }
}
