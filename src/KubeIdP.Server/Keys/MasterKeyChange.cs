using System.Xml.Linq;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Keys;

namespace KubeIdP.Server.Keys;

/// <summary>Takes everything out of one master key's wrapping and into another's.</summary>
internal sealed class MasterKeyChange(WrappedKeyStore store, MasterKey present)
{
    /// <summary>What the audit's key is wrapped for.</summary>
    public const string AuditPurpose = "audit-key";

    /// <summary>How many signing and sealing keys it were; none where all have it already. Null when keys changed at this moment: try again.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">Neither of the two has wrapped one of them; nothing was done.</exception>
    public Task<(int Signing, int DataProtection)?> ToAsync(MasterKey next, Actor by, CancellationToken ct) => store.RewrapAsync(
        (keyId, wrapped) => Rewrap(wrapped, SigningKeys.PurposeOf(keyId), next),
        xml => RewrapDocument(xml, next),
        wrapped => Rewrap(wrapped, AuditPurpose, next),
        by, ct);

    private byte[]? Rewrap(byte[] wrapped, string purpose, MasterKey next) => next.HasWrapped(wrapped) ? null : next.Wrap(present.Unwrap(wrapped, purpose), purpose);

    /// <summary>A revocation holds no secret; then there is nothing to do.</summary>
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
