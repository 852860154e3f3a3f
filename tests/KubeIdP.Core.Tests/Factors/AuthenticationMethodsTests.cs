using KubeIdP.Core.Factors;
using KubeIdP.Core.Sessions;
using Xunit;

namespace KubeIdP.Core.Tests.Factors;

public sealed class AuthenticationMethodsTests
{
    public static TheoryData<string> Kinds => [.. FactorKind.All.Select(kind => kind.Name)];

    [Fact]
    public void A_password_and_a_code_of_an_app_are_two_factors()
    {
        var methods = AuthenticationMethods.Of(AuthenticationMethods.Password, FactorKind.Totp);

        Assert.Equal(["pwd", "otp", "mfa"], methods.Amr);
        Assert.Equal("mfa", methods.Acr);
    }

    // RFC 8176 has no name for recovery, and no client would know an unregistered name.
    [Fact]
    public void A_recovery_code_is_a_one_time_password() =>
        Assert.Equal(["pwd", "otp", "mfa"], AuthenticationMethods.Of(AuthenticationMethods.Password, FactorKind.RecoveryCode).Amr);

    // What the upstream has asked for is not known here, and nothing is claimed about it.
    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_sign_in_at_an_upstream_and_a_second_factor_are_two_factors_of_which_one_is_named(string name)
    {
        var kind = FactorKind.Of(name);

        var methods = AuthenticationMethods.Of(firstProof: null, kind);

        Assert.Equal([.. kind.Methods, "mfa"], methods.Amr);
        Assert.True(methods.Reaches("mfa"));
        Assert.Equal(AuthenticationMethods.Of(AuthenticationMethods.Password, kind).Acr, methods.Acr);
    }

    // The code itself can be relayed, whatever was proven in the browser that approved it.
    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_session_by_device_code_is_worth_two_factors_and_never_more(string name)
    {
        var methods = AuthenticationMethods.Of(AuthenticationMethods.Password, FactorKind.Of(name));

        Assert.Equal("mfa", methods.AcrIn(SessionKind.Device));
        Assert.Equal(methods.Acr, methods.AcrIn(SessionKind.Browser));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_is_stored_is_read_as_it_was(string kind)
    {
        var methods = AuthenticationMethods.Of(AuthenticationMethods.Password, FactorKind.Of(kind));

        var read = AuthenticationMethods.Parse($"{methods}");

        Assert.Equal(methods.Amr, read.Amr);
        Assert.Equal(methods.Acr, read.Acr);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Each_kind_reaches_two_factors_and_an_acr_that_is_announced(string name)
    {
        var kind = FactorKind.Of(name);

        var methods = AuthenticationMethods.Of(AuthenticationMethods.Password, kind);

        Assert.True(methods.Reaches("mfa"));
        Assert.Contains(methods.Acr!, AuthenticationMethods.SupportedAcr);
        Assert.Equal(kind.ResistsPhishing, methods.Acr == AuthenticationMethods.PhishingResistant);
    }

    [Theory]
    [InlineData("")]
    [InlineData("pwd")]
    [InlineData("otp")]
    public void One_proof_alone_has_no_acr_and_reaches_none(string stored)
    {
        var methods = AuthenticationMethods.Parse(stored);

        Assert.Null(methods.Acr);
        Assert.False(methods.Reaches("mfa"));
    }

    [Theory]
    [InlineData("pwd", "pwd otp mfa")]
    [InlineData("pwd otp mfa", "pwd otp mfa")]
    [InlineData("pwd hwk mfa", "pwd hwk otp mfa")]
    public void A_factor_that_is_proven_later_joins_the_methods_of_the_session(string before, string after) =>
        Assert.Equal(after, $"{AuthenticationMethods.Parse(before).With(FactorKind.Totp)}");

    [Fact]
    public void An_acr_that_is_not_known_here_is_never_reached() =>
        Assert.False(AuthenticationMethods.Of(AuthenticationMethods.Password, FactorKind.Totp).Reaches("urn:example:gold"));

    [Fact]
    public void Each_kind_has_a_name_of_its_own_and_leaves_a_method()
    {
        Assert.Equal(FactorKind.All.Count, FactorKind.All.DistinctBy(kind => kind.Name).Count());
        Assert.All(FactorKind.All, kind => Assert.NotEmpty(kind.Methods));
        Assert.Contains(FactorKind.All, kind => kind.CanBeFirst);
    }

    [Fact]
    public void A_kind_that_does_not_exist_is_none() => Assert.Throws<ArgumentException>(() => FactorKind.Of("face"));
}
