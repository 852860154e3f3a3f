using KubeIdP.Core.Identifiers;
using KubeIdP.Server.Factors.Totp;
using Microsoft.AspNetCore.DataProtection;
using Xunit;

namespace KubeIdP.Server.Tests.Factors;

public sealed class TotpSecretsTests
{
    private readonly TotpSecrets secrets = new(new EphemeralDataProtectionProvider());

    [Fact]
    public void A_secret_opens_in_its_own_row()
    {
        var secret = TotpCodes.NewSecret();

        var protectedSecret = secrets.Protect(secret, "factor", new PersonId("alice"));

        Assert.Equal(secret, secrets.Open(protectedSecret, "factor", new PersonId("alice")));
    }

    [Theory]
    [InlineData("factor", "bob")]
    [InlineData("other", "alice")]
    public void Copied_to_another_row_it_opens_nothing(string factorId, string personId)
    {
        var protectedSecret = secrets.Protect(TotpCodes.NewSecret(), "factor", new PersonId("alice"));

        Assert.Null(secrets.Open(protectedSecret, factorId, new PersonId(personId)));
    }
}
