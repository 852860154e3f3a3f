using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace KubeIdP.Server.Keys;

/// <summary>Wraps the data-protection key ring, which protects cookies, codes and refresh tokens, by the master key.</summary>
internal static class DataProtectionKeyWrapping
{
    internal const string Purpose = "data-protection-key";

    public static IServiceCollection AddDataProtectionKeyWrapping(this IServiceCollection services)
    {
        // ASP.NET Core reads these options while the web application is built, before it is known whether the master key may be created.
        services.AddOptions<KeyManagementOptions>()
            .Configure<IServiceProvider>((options, provider) => options.XmlEncryptor = new MasterKeyXmlEncryptor(provider));
        return services;
    }
}
