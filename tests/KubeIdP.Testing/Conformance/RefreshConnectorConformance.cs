using KubeIdP.Core.Upstreams;
using KubeIdP.Testing.Directories;
using Xunit;

namespace KubeIdP.Testing.Conformance;

/// <summary>What every connector that looks people up again promises, beside what it promises of passwords.</summary>
public abstract class RefreshConnectorConformance : PasswordConnectorConformance
{
    private IRefreshConnector Refreshing => (IRefreshConnector)Upstream.Connector;

    [Fact]
    public async Task A_look_up_shows_what_a_login_showed()
    {
        var (_, known) = await LogInAsync();

        var again = await KnownAsync(Refreshing.LookUpAsync(known.UpstreamId, Ct));

        Assert.Equal(known with { Groups = [] }, again with { Groups = [] });
        Assert.Equal(known.Groups, again.Groups);
    }

    [Fact]
    public async Task A_look_up_shows_the_groups_of_now()
    {
        var (alice, known) = await LogInAsync();
        var (first, second) = ($"{alice}-first", $"{alice}-second");
        await Upstream.AddGroupAsync(first, [alice], Ct);
        var with = await KnownAsync(Refreshing.LookUpAsync(known.UpstreamId, Ct));

        await Upstream.AddGroupAsync(second, [alice], Ct);
        await Upstream.LeaveGroupAsync(first, alice, Ct);
        var after = await KnownAsync(Refreshing.LookUpAsync(known.UpstreamId, Ct));

        Assert.Contains(first, with.Groups);
        Assert.Contains(second, after.Groups);
        Assert.DoesNotContain(first, after.Groups);
    }

    [Fact]
    public async Task A_look_up_follows_a_new_name()
    {
        var (alice, known) = await LogInAsync();

        await Upstream.RenameAsync(alice, $"{alice}-2", Ct);

        Assert.Equal($"{alice}-2", (await KnownAsync(Refreshing.LookUpAsync(known.UpstreamId, Ct))).Username);
    }

    [Fact]
    public async Task A_disabled_account_is_refused_at_a_look_up()
    {
        var (alice, known) = await LogInAsync();

        await Upstream.DisableAsync(alice, Ct);

        Assert.Equal(new UpstreamAnswer.Refused(Refusal.Disabled), await Refreshing.LookUpAsync(known.UpstreamId, Ct));
    }

    [Fact]
    public async Task A_deleted_account_is_refused_at_a_look_up()
    {
        var (alice, known) = await LogInAsync();

        await Upstream.DeleteAsync(alice, Ct);

        Assert.Equal(new UpstreamAnswer.Refused(Refusal.Unknown), await Refreshing.LookUpAsync(known.UpstreamId, Ct));
    }

    // Otherwise a stranger who guesses could end people's sessions.
    [Fact]
    public async Task Wrong_passwords_do_not_change_a_look_up()
    {
        var (alice, known) = await LogInAsync();

        for (var i = 0; i < 8; i++) Assert.IsType<UpstreamAnswer.Refused>(await Connector.AuthenticateAsync(alice, "wrong", Ct));

        Assert.Equal(known.UpstreamId, (await KnownAsync(Refreshing.LookUpAsync(known.UpstreamId, Ct))).UpstreamId);
    }

    private async Task<(string Name, UpstreamIdentity Known)> LogInAsync()
    {
        var alice = await AddAsync("alice");
        return (alice, await KnownAsync(Connector.AuthenticateAsync(alice, Password, Ct)));
    }
}
