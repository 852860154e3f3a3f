using KubeIdP.Connectors.Ldap;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Chores;
using KubeIdP.Data.People;
using KubeIdP.Server.Hosting;
using Microsoft.AspNetCore.Identity;

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

    /// <param name="services">Where the rooms are listed.</param>
    /// <param name="directories">By name, in the order in which the login page offers them; without fault.</param>
    public static IServiceCollection AddDirectories(this IServiceCollection services, IReadOnlyDictionary<string, LdapOptions> directories)
    {
        foreach (var (name, options) in directories)
            services.AddSingleton(provider => new ConfiguredConnector(
                LdapConnector.Create(new ConnectorId(name), options, DirectoryRules.PrefixesBeside(name, directories), provider.GetRequiredService<TimeProvider>()), options.Domains));

        services.AddSingleton<ILookupNormalizer, NameNormalizer>();
        services.AddIdentityCore<Person>(identity =>
        {
            identity.User.AllowedUserNameCharacters = ""; // UserName decides, in every script.
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
        });
        services.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = Pbkdf2Iterations);

        services.AddSingleton<PasswordHashing>().AddSingleton<PersonStore>().AddSingleton<PersonReader>();
        services.AddScoped<LocalConnector>();
        services.AddSingleton<AuditLog>().AddSingleton<UnreadableSecrets>().AddSingleton<UpstreamPeople>();
        services.AddSingleton<ConnectorCatalog>().AddInstruments<DirectoryMetrics>().AddSingleton<ConnectorRemarks>().AddSingleton<ConnectorTrouble>().AddSingleton<DirectoryLookup>().AddSingleton<RecentAnswers>();
        return services.AddScoped<LocalAccounts>().AddScoped<SubjectLinker>().AddScoped<EnrolmentOffers>().AddSingleton<EnrolmentMail>().AddScoped<EnrolmentRollOut>().AddScoped<LoginRehearsal>();
    }

    /// <summary>Says at each start what somebody has allowed and should not forget.</summary>
    public static void WarnOfPlainText(this ILogger logger, IReadOnlyDictionary<string, LdapOptions> directories)
    {
        foreach (var (name, _) in directories.Where(directory => directory.Value.PlainText == PlainText.Everywhere))
            logger.PlainTextAllowed(name);
    }

    /// <summary>What only a server does: refreshes, and the nightly sweep.</summary>
    public static IServiceCollection AddDirectoryWatch(this IServiceCollection services) =>
        services.AddSingleton<PersonFreshness>().AddHostedService<ServerWatch>().AddHostedService<ServicePasswordWatch>()
            .AddSingleton<ChoreStore>().AddSingleton<LeaversSweep>().AddHostedService(provider => provider.GetRequiredService<LeaversSweep>());
}
