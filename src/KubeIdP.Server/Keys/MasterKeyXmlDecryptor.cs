using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace KubeIdP.Server.Keys;

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
