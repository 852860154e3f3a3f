using KubeIdP.Data.People;
using Microsoft.AspNetCore.Identity;

namespace KubeIdP.Server.Accounts;

/// <summary>
/// Local accounts, with the password hashing of ASP.NET Core Identity: passwords, and the changes that administrators make.
/// </summary>
internal static class AccountsSetup
{
    // OWASP Password Storage Cheat Sheet: PBKDF2-HMAC-SHA512.
    private const int Pbkdf2Iterations = 220_000;

    public static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        services.AddSingleton<ILookupNormalizer, NameNormalizer>();
        services.AddIdentityCore<Person>(identity =>
        {
            identity.User.AllowedUserNameCharacters = ""; // UserName validates user names, in every script.
            identity.Password = new PasswordOptions
            {
                // NIST SP 800-63B §3.1.1.2: the length matters, composition rules do not.
                RequiredLength = PasswordRules.MinLength,
                RequiredUniqueChars = 1,
                RequireDigit = false,
                RequireLowercase = false,
                RequireUppercase = false,
                RequireNonAlphanumeric = false,
            };
            identity.Lockout.AllowedForNewUsers = false; // With the lockout of Identity any stranger could lock out any account.
        });
        services.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = Pbkdf2Iterations);

        return services
            .AddSingleton<PasswordHashing>()
            .AddSingleton<PersonStore>()
            .AddSingleton<PersonReader>()
            .AddScoped<LocalConnector>()
            .AddScoped<LocalAccounts>();
    }
}
