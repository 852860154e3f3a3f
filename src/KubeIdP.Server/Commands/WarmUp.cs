using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Keys;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace KubeIdP.Server.Commands;

/// <summary>
/// Runs the code path of a refresh once before the first request: connections, both statements, each signing key, data protection. In a
/// cold process the first refresh would take longer than the two seconds within which it must be answered, and kubectl would open a
/// browser.
/// </summary>
internal static class WarmUp
{
    // No grant has this id: ids are hexadecimal.
    private const string NoGrant = "warm-up";

    public static async Task RunAsync(IServiceProvider services, CancellationToken ct)
    {
        var grants = services.GetRequiredService<GrantStore>();
        await grants.ReadAsync(new GrantId(NoGrant), ct);
        await grants.RotateAsync(new GrantId(NoGrant), new ClientId(NoGrant), generation: 0);

        var protector = services.GetRequiredService<IDataProtectionProvider>().CreateProtector(NoGrant);
        protector.Unprotect(protector.Protect([0]));

        foreach (var key in services.GetRequiredService<SigningKeys>().Published)
            new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor { SigningCredentials = key });
    }
}
