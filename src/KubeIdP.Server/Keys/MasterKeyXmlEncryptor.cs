using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace KubeIdP.Server.Keys;

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
