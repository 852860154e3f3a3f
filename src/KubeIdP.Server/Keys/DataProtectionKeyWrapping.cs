using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using KubeIdP.Data.Keys;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace KubeIdP.Server.Keys;

/// <summary>The key ring of Data Protection, which seals cookies, codes and refresh tokens, at rest under the master key.</summary>
internal static class DataProtectionKeyWrapping
{
    internal const string Purpose = "data-protection-key";

    public static IServiceCollection AddDataProtectionKeyWrapping(this IServiceCollection services)
    {
        // The web asks for these options while it is put together, which is before anybody knows whether the master key may be made.
        services.AddOptions<KeyManagementOptions>().Configure<IServiceProvider>((options, provider) => options.XmlEncryptor = new MasterKeyXmlEncryptor(provider));
        return services;
    }
}

/// <summary>The ring in our database, so that a new key has its audit row, and all replicas share it.</summary>
internal sealed class DataProtectionKeyRepository(DataProtectionKeyStore store) : IXmlRepository
{
    // Data Protection asks once a day, and from threads that wait for nothing else.
    public IReadOnlyCollection<XElement> GetAllElements() => [.. store.ListAsync(CancellationToken.None).GetAwaiter().GetResult().Select(key => XElement.Parse(key.Xml))];

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
    /// Opens what is protected in the document of a key; a revocation holds nothing. Throws <see cref="CryptographicException"/> also of what Data Protection would
    /// silently leave out: then it makes another key, and everybody is signed out.
    /// </summary>
    public static void Open(string xml, MasterKey masterKey)
    {
        var document = XElement.Parse(xml);
        if (document.Name == "revocation") return;

        var secrets = document.Descendants(Element).ToList();
        foreach (var secret in secrets) masterKey.Unwrap(Convert.FromBase64String(secret.Value), DataProtectionKeyWrapping.Purpose);
        if (secrets is []) throw new CryptographicException("It has no secret.");
        if (document.Name != "key") throw new CryptographicException("It is no key.");
        if (!Guid.TryParse((string?)document.Attribute("id"), out _)) throw new CryptographicException("It has no id.");
    }

    /// <summary>What two keys never have in common: their id and what they protect. Nothing of a document that can't be read.</summary>
    public static IReadOnlyList<string> OwnPartsOf(string xml)
    {
        try
        {
            var document = XElement.Parse(xml);
            return [.. document.Attributes("id").Select(id => id.Value.ToUpperInvariant()), .. document.Descendants(Element).Select(secret => secret.Value)];
        }
        catch (XmlException)
        {
            return [];
        }
    }
}

/// <summary>
/// Data Protection stores the name of this type with each key and finds it by that: moving or renaming the class makes every stored key unreadable,
/// and ends every session.
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
