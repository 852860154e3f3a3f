using KubeIdP.Data;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Chores;
using KubeIdP.Data.People;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;

namespace KubeIdP.Server.Directories;

/// <summary>
/// Where accounts live, how an account of an upstream becomes a person of ours, and how old what we know of them may be. Owns local accounts, which rest on
/// ASP.NET Core Identity; the directories' connectors are in KubeIdP.Connectors.
/// Leaves to Login how often somebody may guess, and to Factors what the enrolment code is good for.
/// </summary>
internal static class DirectoriesSetup
{
    // OWASP Password Storage Cheat Sheet: PBKDF2-HMAC-SHA512.
    private const int Pbkdf2Iterations = 220_000;

    public static IServiceCollection AddDirectories(this IServiceCollection services)
    {
        services.AddSingleton<ILookupNormalizer, NameNormalizer>();
        services.AddIdentityCore<Person>(identity =>
        {
            identity.User.AllowedUserNameCharacters = ""; // TokenName decides, in every script.
            identity.Password = new PasswordOptions
            {
                // NIST SP 800-63B §3.1.1.2: length counts, rules of composition don't.
                RequiredLength = PasswordRules.MinLength,
                RequiredUniqueChars = 1,
                RequireDigit = false,
                RequireLowercase = false,
                RequireUppercase = false,
                RequireNonAlphanumeric = false,
            };
            identity.Lockout.AllowedForNewUsers = false; // Identity's lock-out lets a stranger lock out anybody.
        }).AddUserStore<UserOnlyStore<Person, KubeIdpDbContext>>();
        services.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = Pbkdf2Iterations);

        services.AddSingleton<PasswordHashing>().AddSingleton<PersonStore>();
        services.AddScoped<LocalConnector>();
        services.AddSingleton<AuditLog>().AddSingleton<UpstreamPeople>();
        services.AddSingleton<ConnectorCatalog>().AddSingleton<ConnectorTrouble>().AddSingleton<DirectoryLookup>().AddSingleton<RecentAnswers>();
        return services.AddScoped<LocalAccounts>().AddScoped<SubjectLinker>().AddScoped<EnrolmentOffers>();
    }

    /// <summary>What only a server does: refreshes, and the nightly sweep.</summary>
    public static IServiceCollection AddDirectoryWatch(this IServiceCollection services) =>
        services.AddSingleton<PersonFreshness>().AddSingleton<ChoreStore>().AddSingleton<LeaversSweep>().AddHostedService(provider => provider.GetRequiredService<LeaversSweep>());
}
