using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace KubeIdP.Testing.Issuers;

/// <summary>
/// Takes the cost out of password hashing, which is a tenth of a second of processor time by design, for tests that only need it to be
/// right. No setting of the product does this: what a password costs an attacker is fixed in the code, and a test of its own holds it.
/// </summary>
internal static class CheapPasswords
{
    public static IServiceCollection AddCheapPasswords(this IServiceCollection services) =>
        services.PostConfigure<PasswordHasherOptions>(hasher => hasher.IterationCount = 1);
}
