using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace KubeIdP.Server.Factors;

/// <summary>Protects a secret for one row: copied to another person's or another factor's row it opens nothing.</summary>
internal sealed class TotpSecrets(IDataProtectionProvider protection)
{
    public byte[] Protect(byte[] secret, string factorId, string personId) => ProtectorOf(factorId, personId).Protect(secret);

    /// <summary>Null when it was protected for another row or with keys that are gone, or is damaged.</summary>
    public byte[]? Open(byte[] protectedSecret, string factorId, string personId)
    {
        try
        {
            return ProtectorOf(factorId, personId).Unprotect(protectedSecret);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private IDataProtector ProtectorOf(string factorId, string personId) => protection.CreateProtector("KubeIdP.Factors", "totp", personId, factorId);
}
