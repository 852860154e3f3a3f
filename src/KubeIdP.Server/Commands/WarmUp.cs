using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Keys;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace KubeIdP.Server.Commands;

/// <summary>
/// Walks the refresh path once before the first request: connections, both statements, each key, the seal. A cold process would take its first
/// refresh past the two seconds within which it may be answered, and kubectl would open a browser.
/// </summary>
internal static class WarmUp
{
    // No grant has it: ids are hexadecimal.
    private const string NoGrant = "warm-up";

    public static async Task RunAsync(IServiceProvider services, CancellationToken ct)
    {
        var grants = services.GetRequiredService<GrantStore>();
        await grants.ReadAsync(new GrantId(NoGrant), ct);
        await grants.RotateAsync(new GrantId(NoGrant), new ClientId(NoGrant), generation: 0);

        var seal = services.GetRequiredService<IDataProtectionProvider>().CreateProtector(NoGrant);
        seal.Unprotect(seal.Protect([0]));

        foreach (var key in services.GetRequiredService<SigningKeys>().Published)
            new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor { SigningCredentials = key });
    }
}
