using KubeIdP.Core.Upstreams;
using KubeIdP.Testing.Directories;
using Xunit;

namespace KubeIdP.Testing.Conformance;

/// <summary>What every connector that checks passwords promises.</summary>
public abstract class PasswordConnectorConformance : IAsyncLifetime
{
    private protected const string Password = "a right good password";

    private IUpstream upstream = null!;

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected IUpstream Upstream => upstream;

    private protected IPasswordConnector Connector => (IPasswordConnector)upstream.Connector;

    /// <summary>One that knows nobody by the names that the suites make up.</summary>
    protected abstract Task<IUpstream> OpenAsync(CancellationToken ct);

    public async ValueTask InitializeAsync() => upstream = await OpenAsync(Ct);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await upstream.DisposeAsync();
    }

    [Fact]
    public async Task The_right_password_tells_who_it_is()
    {
        var alice = await AddAsync("alice");
        await upstream.AddGroupAsync($"{alice}-group", [alice], Ct);

        var known = await KnownAsync(Connector.AuthenticateAsync(alice, Password, Ct));

        Assert.Equal((Connector.Id, alice), (known.Connector, known.Username));
        Assert.NotEmpty(known.UpstreamId);
        Assert.NotEqual(alice, known.UpstreamId);
        Assert.Contains($"{alice}-group", known.Groups);
    }

    // RFC 4513 §5.1.2: a directory may answer "success" to a bind with a name and no password.
    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("\0")]
    [InlineData("a right good password\0")]
    [InlineData("wrong")]
    [InlineData("A right good password")]
    public async Task Any_other_password_is_refused(string password)
    {
        var alice = await AddAsync("alice");

        Assert.Equal(new UpstreamAnswer.Refused(Refusal.WrongPassword), await Connector.AuthenticateAsync(alice, password, Ct));
    }

    [Fact]
    public async Task A_password_of_a_megabyte_is_refused()
    {
        var alice = await AddAsync("alice");

        Assert.IsType<UpstreamAnswer.Refused>(await Connector.AuthenticateAsync(alice, new string('x', 1_000_000), Ct));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("*")]
    [InlineData("ali*")]
    [InlineData("nobody)(|(uid=*")]
    [InlineData("\\2a")]
    [InlineData("alice\0")]
    [InlineData("\ud800")]
    [InlineData("nobody-of-this-name")]
    public async Task A_name_that_nobody_has_is_refused(string username)
    {
        await AddAsync("alice");

        var refused = Assert.IsType<UpstreamAnswer.Refused>(await Connector.AuthenticateAsync(username, Password, Ct));

        // Where people sign in themselves, the upstream may not say which of the two it was.
        Assert.True(refused.Reason is Refusal.Unknown or Refusal.WrongPassword, refused.ToString());
        Assert.False(refused.IdentityProven);
    }

    // A directory may leave out what can't be seen (RFC 4518 §2.2), and find somebody by a name that looks like theirs.
    [Theory]
    [InlineData("\u200b")]
    [InlineData("\u00ad")]
    [InlineData("\ufe0f")]
    [InlineData("\u202e")]
    [InlineData("\uffff")]
    public async Task A_name_with_something_that_can_not_be_seen_is_nobodys(string hidden)
    {
        var alice = await AddAsync("alice");

        Assert.IsType<UpstreamAnswer.Refused>(await Connector.AuthenticateAsync(alice + hidden, Password, Ct));
    }

    [Fact]
    public async Task A_name_of_ten_thousand_characters_is_refused() =>
        Assert.IsType<UpstreamAnswer.Refused>(await Connector.AuthenticateAsync(new string('x', 10_000), Password, Ct));

    [Fact]
    public async Task A_disabled_account_is_refused()
    {
        var alice = await AddAsync("alice");
        await upstream.DisableAsync(alice, Ct);

        Assert.IsType<UpstreamAnswer.Refused>(await Connector.AuthenticateAsync(alice, Password, Ct));
    }

    [Fact]
    public async Task A_person_is_the_same_under_any_spelling_and_after_a_new_name()
    {
        var alice = await AddAsync("alice");
        var before = await KnownAsync(Connector.AuthenticateAsync(alice, Password, Ct));
        var shouted = await KnownAsync(Connector.AuthenticateAsync(alice.ToUpperInvariant(), Password, Ct));

        await upstream.RenameAsync(alice, $"{alice}-2", Ct);
        var after = await KnownAsync(Connector.AuthenticateAsync($"{alice}-2", Password, Ct));

        Assert.Equal(before.UpstreamId, shouted.UpstreamId);
        Assert.Equal(alice, shouted.Username);
        Assert.Equal((before.UpstreamId, $"{alice}-2"), (after.UpstreamId, after.Username));
    }

    private protected async Task<string> AddAsync(string name)
    {
        var unique = $"{name}-{Guid.NewGuid().ToString("N")[..8]}";
        await upstream.AddPersonAsync(unique, Password, Ct);
        return unique;
    }

    private protected static async Task<UpstreamIdentity> KnownAsync(Task<UpstreamAnswer> asking)
    {
        var answer = await asking;
        return answer is UpstreamAnswer.Known known ? known.Identity : throw new InvalidOperationException($"Not known, but {answer}.");
    }
}
