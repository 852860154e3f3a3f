using System.Xml.Linq;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Keys;

namespace KubeIdP.Server.Keys;

/// <summary>Rewraps everything from one master key to another.</summary>
internal sealed class MasterKeyChange(WrappedKeyStore store, MasterKey present)
{
    /// <summary>The purpose for which the audit key is wrapped.</summary>
    public const string AuditPurpose = "audit-key";

    /// <summary>
    /// Rewraps all keys, and returns how many signing and data-protection keys were rewrapped; zero if all were already. Null if keys
    /// changed at the same time: try again.
    /// </summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">
    /// A key was wrapped by neither of the two master keys; nothing was done.
    /// </exception>
    public Task<(int Signing, int DataProtection)?> ToAsync(MasterKey next, Actor by, CancellationToken ct) => store.RewrapAsync(
        (keyId, wrapped) => Rewrap(wrapped, SigningKeys.PurposeOf(keyId), next),
        xml => RewrapDocument(xml, next),
        wrapped => Rewrap(wrapped, AuditPurpose, next),
        by, ct);

    private byte[]? Rewrap(byte[] wrapped, string purpose, MasterKey next) =>
        next.HasWrapped(wrapped) ? null : next.Wrap(present.Unwrap(wrapped, purpose), purpose);

    /// <summary>A revocation contains no secret, so there is nothing to rewrap.</summary>
    private string? RewrapDocument(string xml, MasterKey next)
    {
        var document = XElement.Parse(xml);
        var changed = false;
        foreach (var secret in document.Descendants(MasterKeyXmlEncryptor.Element))
        {
            if (Rewrap(Convert.FromBase64String(secret.Value), DataProtectionKeyWrapping.Purpose, next) is not { } wrapped) continue;
            (secret.Value, changed) = (Convert.ToBase64String(wrapped), true);
        }

        return changed ? document.ToString(SaveOptions.DisableFormatting) : null;
    }
}
