using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using KubeIdP.Data.Keys;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

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

/// <summary>Stores the ring in the database, so that a new key has its audit event, and all replicas share it.</summary>
internal sealed class DataProtectionKeyRepository(DataProtectionKeyStore store) : IXmlRepository
{
    // Synchronous, because Data Protection requires it; it is called once a day.
    public IReadOnlyCollection<XElement> GetAllElements() =>
        [.. store.ListAsync(CancellationToken.None).GetAwaiter().GetResult().Select(key => XElement.Parse(key.Xml))];

    public void StoreElement(XElement element, string friendlyName) =>
        store.InsertAsync(friendlyName, element.ToString(SaveOptions.DisableFormatting), CancellationToken.None).GetAwaiter().GetResult();
}

internal sealed class MasterKeyXmlEncryptor(IServiceProvider services) : IXmlEncryptor
{
    public const string Element = "wrapped";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var secret = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        var wrapped = Convert.ToBase64String(services.GetRequiredService<MasterKey>().Wrap(secret, DataProtectionKeyWrapping.Purpose));
        return new EncryptedXmlInfo(new XElement(Element, wrapped), typeof(MasterKeyXmlDecryptor));
    }

    /// <summary>
    /// Decrypts the secret in the document of a key; a revocation has none. Also throws <see cref="CryptographicException"/> for a document
    /// that Data Protection would silently ignore: it would then create another key, and everybody would be signed out.
    /// </summary>
    public static void Open(string xml, MasterKey masterKey)
    {
        var document = XElement.Parse(xml);
        if (document.Name == "revocation") return;

        var secrets = document.Descendants(Element).ToList();
        foreach (var secret in secrets) masterKey.Unwrap(Convert.FromBase64String(secret.Value), DataProtectionKeyWrapping.Purpose);
        if (secrets is []) throw new CryptographicException("It has no secret.");
        if (document.Name != "key") throw new CryptographicException("It is not a key.");
        if (!Guid.TryParse((string?)document.Attribute("id"), out _)) throw new CryptographicException("It has no id.");
    }

    /// <summary>The parts that two keys never share: their id and secret. Empty for a document that can't be read.</summary>
    public static IReadOnlyList<string> OwnPartsOf(string xml)
    {
        try
        {
            var document = XElement.Parse(xml);
            return [.. document.Attributes("id").Select(id => id.Value.ToUpperInvariant()),
                .. document.Descendants(Element).Select(secret => secret.Value)];
        }
        catch (XmlException)
        {
            return [];
        }
    }
}

/// <summary>
/// Data Protection stores the name of this type with each key and finds it by that: moving or renaming the class makes every stored key
/// unreadable, and ends every session.
/// </summary>
internal sealed class MasterKeyXmlDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement)
    {
        var masterKey = services.GetRequiredService<MasterKey>();
        var secret = masterKey.Unwrap(Convert.FromBase64String(encryptedElement.Value), DataProtectionKeyWrapping.Purpose);
        return XElement.Parse(Encoding.UTF8.GetString(secret));
    }
}
