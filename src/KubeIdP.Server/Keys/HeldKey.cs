using Microsoft.IdentityModel.Tokens;

namespace KubeIdP.Server.Keys;

/// <summary>One key as loaded by this replica.</summary>
/// <param name="Credentials">Null if only its public key is left.</param>
/// <param name="Public">Verifies what it signed.</param>
internal sealed record HeldKey(SigningAlgorithm Algorithm, string KeyId, int Sequence, DateTimeOffset CreatedAt, KeyTimes Times,
    SigningCredentials? Credentials, SecurityKey Public);
