using KubeIdP.Connectors.Ldap;
using KubeIdP.Connectors.Tests.Directories;
using KubeIdP.Core.Upstreams;
using Xunit;

namespace KubeIdP.Connectors.Tests.Ldap;

/// <summary>With several attributes for one typed name, nobody takes another's by what they write into their own entry.</summary>
public sealed class NamePrecedenceTests
{
    private const string Password = "a right good password";
    private const string OtherPassword = "another good password";
    private const string Domain = "corp.example";

    private readonly string alice = $"alice-{Guid.NewGuid().ToString("N")[..8]}";
    private readonly string mallory = $"mallory-{Guid.NewGuid().ToString("N")[..8]}";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("{0}", "{0}")]
    [InlineData("{0}", "{0}@" + Domain)]
    [InlineData("{0}@" + Domain, "{0}@" + Domain)]
    [InlineData("{0}", Domain + @"\{0}")]
    public async Task A_mail_address_that_is_the_user_name_of_another_takes_nothing_from_them_and_is_reported(string written, string typed)
    {
        var slapd = await StartAsync();
        await slapd.ChangeAsync(new Ldif().Modify(slapd.PersonDn(mallory), "replace", "mail", Fill(written)), Ct);
        await using var connector = Connect(slapd, "uid", "mail");

        var right = await connector.AuthenticateAsync(Fill(typed), Password, Ct);
        var wrong = await connector.AuthenticateAsync(Fill(typed), OtherPassword, Ct);
        var preview = await connector.PreviewAsync(Fill(typed), Ct);

        Assert.Equal(alice, Assert.IsType<UpstreamAnswer.Known>(right).Identity.Username);
        Assert.Equal(Refusal.WrongPassword, Assert.IsType<UpstreamAnswer.Refused>(wrong).Reason);

        Assert.All([right, wrong, preview],
            answer => Assert.Contains(slapd.PersonDn(mallory),
                Assert.IsType<UpstreamRemark.NameShared>(Assert.Single(answer.Remarks)).Words, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_first_attribute_that_finds_somebody_decides()
    {
        var slapd = await StartAsync();
        await slapd.ChangeAsync(new Ldif().Modify(slapd.PersonDn(mallory), "replace", "mail", alice), Ct);
        await using var byMail = Connect(slapd, "mail", "uid");

        Assert.Equal(mallory,
            Assert.IsType<UpstreamAnswer.Known>(await byMail.AuthenticateAsync(alice, OtherPassword, Ct)).Identity.Username);
        Assert.Equal(alice,
            Assert.IsType<UpstreamAnswer.Known>(await byMail.AuthenticateAsync($"{alice}@kube.test", Password, Ct)).Identity.Username);
    }

    [Fact]
    public async Task Two_who_share_a_name_in_one_attribute_are_ambiguous_and_reported()
    {
        var slapd = await StartAsync();
        foreach (var name in new[] { alice, mallory })
            await slapd.ChangeAsync(new Ldif().Modify(slapd.PersonDn(name), "replace", "mail", $"{alice}@shared.example"), Ct);
        await using var connector = Connect(slapd, "uid", "mail");

        var answer = Assert.IsType<UpstreamAnswer.Refused>(await connector.AuthenticateAsync($"{alice}@shared.example", Password, Ct));

        Assert.Equal(Refusal.Ambiguous, answer.Reason);
        var remark = Assert.IsType<UpstreamRemark.NameShared>(Assert.Single(answer.Remarks)).Words;
        Assert.All([alice, mallory], name => Assert.Contains(slapd.PersonDn(name), remark, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_principal_name_that_holds_the_account_name_of_another_lets_both_in()
    {
        var domain = await SharedDirectories.SambaAsync();
        var bob = $"bob-{Guid.NewGuid().ToString("N")[..8]}";
        await domain.AddPersonAsync(bob, OtherPassword, Ct);
        await domain.AddPersonAsync(alice, Password, Ct);
        await domain.ChangeAsync(new Ldif().Modify(domain.PersonDn(alice), "replace", "userPrincipalName", $"{bob}@{Domain}"), Ct);
        await using var connector = Connect(domain);

        Assert.Equal(alice,
            Assert.IsType<UpstreamAnswer.Known>(await connector.AuthenticateAsync($"{bob}@{Domain}", Password, Ct)).Identity.Username);
        Assert.Equal(alice, Assert.IsType<UpstreamAnswer.Known>(await connector.AuthenticateAsync(alice, Password, Ct)).Identity.Username);
        foreach (var typed in new[] { bob, $@"{Domain}\{bob}", $"{bob}@{SambaDomain.DnsName}" })
            Assert.Equal(bob,
                Assert.IsType<UpstreamAnswer.Known>(await connector.AuthenticateAsync(typed, OtherPassword, Ct)).Identity.Username);
    }

    // Which of the two the domain let in it does not say.
    [Fact]
    public async Task Who_sign_in_to_the_domain_themselves_are_whose_password_it_was()
    {
        var domain = await SharedDirectories.SambaAsync();
        var bob = $"bob-{Guid.NewGuid().ToString("N")[..8]}";
        await domain.AddPersonAsync(bob, OtherPassword, Ct);
        await domain.AddPersonAsync(alice, Password, Ct);
        await domain.ChangeAsync(new Ldif().Modify(domain.PersonDn(alice), "replace", "userPrincipalName", $"{bob}@{Domain}"), Ct);
        var connector = LdapConnector.Create(new ConnectorId("corp"),
            DirectoryUpstream.OptionsFor(domain) with { BindDn = null, BindPasswordFile = null, BindAs = $"{{username}}@{Domain}" }, [],
            TimeProvider.System);
        await using var disposal = (IAsyncDisposable)connector;

        Assert.Equal(alice, Assert.IsType<UpstreamAnswer.Known>(await connector.AuthenticateAsync(bob, Password, Ct)).Identity.Username);
        Assert.IsType<UpstreamAnswer.Refused>(await connector.AuthenticateAsync(bob, OtherPassword, Ct));
    }

    // A stranger who types them all must not fill the audit.
    [Fact]
    public async Task All_spellings_of_a_shared_name_make_one_remark()
    {
        var slapd = await StartAsync();
        await slapd.ChangeAsync(new Ldif().Modify(slapd.PersonDn(mallory), "replace", "mail", alice), Ct);
        await using var connector = Connect(slapd, "uid", "mail");

        var remarks = new List<UpstreamRemark>();
        foreach (var typed in new[] { alice, alice.ToUpperInvariant(), $"  {alice}", $"{alice}@{Domain}" })
            remarks.AddRange((await connector.AuthenticateAsync(typed, "wrong", Ct)).Remarks);

        Assert.Equal(4, remarks.Count);
        Assert.Single(remarks.Distinct());
    }

    private string Fill(string template) => template.Replace("{0}", alice, StringComparison.Ordinal);

    private static LdapConnector Connect(TestDirectory directory, params string[] names) => (LdapConnector)LdapConnector.Create(
        new ConnectorId("corp"),
        DirectoryUpstream.OptionsFor(
            directory) with { Users = new() { Base = directory.BaseDn, Names = names, Username = directory is Slapd ? "uid" : null },
            Domains = [Domain] }, [], TimeProvider.System);

    private async Task<Slapd> StartAsync()
    {
        var slapd = await SharedDirectories.SlapdAsync();
        await slapd.AddPersonAsync(alice, Password, Ct);
        await slapd.AddPersonAsync(mallory, OtherPassword, Ct);
        return slapd;
    }
}
