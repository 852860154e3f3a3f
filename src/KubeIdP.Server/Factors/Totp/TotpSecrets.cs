using System.Security.Cryptography;
using KubeIdP.Core.Factors;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Factors;
using Microsoft.AspNetCore.DataProtection;

namespace KubeIdP.Server.Factors.Totp;

/// <summary>Protects a secret for one row: copied to the row of another person or factor it can't be opened.</summary>
internal sealed class TotpSecrets(IDataProtectionProvider protection) : IFactorSecrets
{
    public FactorKind Kind => FactorKind.Totp;

    public bool Opens(StoredFactor factor, PersonId personId) => Open(factor.State, factor.Id, personId) is not null;

    public byte[] Protect(byte[] secret, string factorId, PersonId personId) => ProtectorOf(factorId, personId).Protect(secret);

    /// <summary>Null when the secret was protected for another row or with keys that no longer exist, or is damaged.</summary>
    public byte[]? Open(byte[] protectedSecret, string factorId, PersonId personId)
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

    private IDataProtector ProtectorOf(string factorId, PersonId personId) =>
        protection.CreateProtector("KubeIdP.Factors", "totp", personId, factorId);
}
