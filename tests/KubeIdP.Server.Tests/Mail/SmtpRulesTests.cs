using KubeIdP.Server.Mail;
using MailKit.Security;
using Xunit;

namespace KubeIdP.Server.Tests.Mail;

public sealed class SmtpRulesTests
{
    private static readonly SmtpOptions Good = new() { Server = "smtp://mail.corp.example", From = "KubeIdP <kubeidp@corp.example>" };

    [Fact]
    public void Nothing_is_right_and_so_is_what_the_documentation_shows()
    {
        Assert.Empty(SmtpRules.Check(new()));
        Assert.Empty(SmtpRules.Check(Good));
        Assert.Empty(SmtpRules.Check(Good with { Username = "kubeidp", Password = "secret" }));
    }

    [Theory]
    [InlineData("smtp://mail.corp.example", "mail.corp.example", 587, false)]
    [InlineData("smtps://mail.corp.example", "mail.corp.example", 465, true)]
    [InlineData("smtp://mail.corp.example:2525", "mail.corp.example", 2525, false)]
    [InlineData("smtp://mail.corp.example:25", "mail.corp.example", 25, false)]
    [InlineData("smtp://[::1]:587", "::1", 587, false)]
    public void A_server_is_a_URL(string url, string host, int port, bool isTls) =>
        Assert.Equal(new SmtpAddress(host, port, isTls), SmtpAddress.Parse(url));

    // A code that a network reads along is no secret: with StartTls a server that does not begin with TLS gets nothing.
    [Theory]
    [InlineData("smtps://mail.corp.example", SecureSocketOptions.SslOnConnect)]
    [InlineData("smtps://localhost", SecureSocketOptions.SslOnConnect)]
    [InlineData("smtp://mail.corp.example", SecureSocketOptions.StartTls)]
    [InlineData("smtp://localhost.corp.example", SecureSocketOptions.StartTls)]
    [InlineData("smtp://10.0.0.1", SecureSocketOptions.StartTls)]
    [InlineData("smtp://localhost", SecureSocketOptions.StartTlsWhenAvailable)]
    [InlineData("smtp://127.0.0.1:2525", SecureSocketOptions.StartTlsWhenAvailable)]
    [InlineData("smtp://[::1]", SecureSocketOptions.StartTlsWhenAvailable)]
    public void Only_a_relay_on_this_machine_needs_no_TLS(string url, SecureSocketOptions security) =>
        Assert.Equal(security, SmtpAddress.Parse(url)!.Security);

    [Fact]
    public void Each_setting_that_is_wrong_is_named()
    {
        AssertFault("smtp.server", Good with { Server = null });
        AssertFault("smtp.server", Good with { Server = "mail.corp.example" });
        AssertFault("smtp.server", Good with { Server = "smtp://user:password@mail.corp.example" });
        AssertFault("smtp.from", Good with { From = null });
        AssertFault("smtp.from", Good with { From = "nobody" });
        AssertFault("smtp.username", Good with { Password = "secret" });
        AssertFault("smtp.passwordFile", Good with { Username = "kubeidp" });
        AssertFault("smtp.passwordFile", Good with { Username = "kubeidp", PasswordFile = "/nowhere/at/all" });
        AssertFault("smtp.caFile", Good with { CaFile = "/nowhere/at/all" });
    }

    private static void AssertFault(string key, SmtpOptions options) => Assert.Equal(key, Assert.Single(SmtpRules.Check(options)).Place);
}
