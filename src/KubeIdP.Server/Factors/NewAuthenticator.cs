using KubeIdP.Core.Factors;
using KubeIdP.Data.Factors;
using KubeIdP.Data.People;

namespace KubeIdP.Server.Factors;

/// <summary>A new authenticator, from the secret that the person sees to the factor that may be stored once its first code was right.</summary>
internal sealed class NewAuthenticator(TotpSecrets secrets, TimeProvider clock)
{
    /// <summary>In base32, as it is shown and as it waits for its first code.</summary>
    public static string NewSecret() => Totp.ToBase32(Totp.NewSecret());

    /// <summary>The factor, sealed for this person; null when the code is another. Counting the tries is for the caller.</summary>
    /// <param name="recoveryCodes">What the person will be shown, to keep for the day on which it is lost.</param>
    public FirstFactor? Confirm(string secret, string? code, string personId, IReadOnlyList<string> recoveryCodes)
    {
        var now = clock.GetUtcNow();
        var bytes = Totp.FromBase32(secret);
        if (Totp.MatchedStep(bytes, code, now) is not { } step) return null;

        var id = Guid.CreateVersion7(now).ToString("N");
        var confirmed = new ConfirmedFactor(id, FactorKind.Totp, Texts.NewAuthenticatorName, secrets.Protect(bytes, id, personId), step);
        return new FirstFactor(confirmed, [.. recoveryCodes.Select(RecoveryCodes.Hash)]);
    }
}
