using Microsoft.AspNetCore.DataProtection;

namespace KubeIdP.Server.Factors;

/// <summary>Seals a secret for one row: copied to another person's or another factor's row it opens nothing.</summary>
internal sealed class TotpSecrets(IDataProtectionProvider protection)
{
    public byte[] Protect(byte[] secret, string factorId, string personId) => SealOf(factorId, personId).Protect(secret);

    /// <exception cref="System.Security.Cryptography.CryptographicException">The secret was sealed for another row, or with keys that are gone.</exception>
    public byte[] Unprotect(byte[] sealedSecret, string factorId, string personId) => SealOf(factorId, personId).Unprotect(sealedSecret);

    private IDataProtector SealOf(string factorId, string personId) => protection.CreateProtector("KubeIdP.Factors", "totp", personId, factorId);
}
