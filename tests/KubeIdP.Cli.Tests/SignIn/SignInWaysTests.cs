using KubeIdP.Cli.SignIn;
using Xunit;

namespace KubeIdP.Cli.Tests.SignIn;

public sealed class SignInWaysTests
{
    [Theory]

    // Linux with a display, macOS and Windows, without and with SSH, with a browser of a remote development tool.
    [InlineData("DISPLAY", true, true)]
    [InlineData("WAYLAND_DISPLAY", true, true)]
    [InlineData("", true, false)]
    [InlineData("", false, true)]
    [InlineData("SSH_CONNECTION", false, false)]
    [InlineData("DISPLAY SSH_TTY", true, false)]
    [InlineData("BROWSER SSH_CONNECTION", true, true)]
    public void There_is_a_browser_where_a_person_sees_it(string variables, bool needsDisplay, bool hasBrowser) =>
        Assert.Equal(hasBrowser, Here(variables, needsDisplay).HasBrowser);

    [Theory]
    [InlineData(true, false, false, false, "Browser")]
    [InlineData(true, false, false, true, "Browser")]
    [InlineData(true, true, false, true, "DeviceCode")]
    [InlineData(true, false, true, true, "ForwardedPort")]
    [InlineData(true, false, true, false, "ForwardedPort")]
    [InlineData(false, false, false, true, "DeviceCode")]
    [InlineData(false, false, false, false, "ForwardedPort")]
    public void The_way_goes_by_what_is_there_and_asked_for(
        bool hasBrowser, bool wantsCode, bool wantsNoBrowser, bool offersCode, string way) =>
        Assert.Equal(way,
            $"{SignInWays.Choose(new SignInWish(wantsCode, wantsNoBrowser), Here(hasBrowser ? "DISPLAY" : ""), offersCode, "issuer")}");

    [Fact]
    public void A_code_that_is_not_offered_is_no_reason_for_another_way() =>
        Assert.Throws<CommandFault>(() => SignInWays.Choose(new SignInWish(DeviceCode: true), Here("DISPLAY"), false, "issuer"));

    [Theory]
    [InlineData(true, "", false, true)]
    [InlineData(false, "", true, true)]
    [InlineData(null, "", true, true)]
    [InlineData(false, "DISPLAY", false, true)]
    [InlineData(false, "", false, false)]
    [InlineData(null, "", false, false)]
    [InlineData(false, "DISPLAY CI", false, false)]
    public void A_person_is_asked_only_where_there_may_be_one(bool? interactive, string variables, bool hasTerminal, bool canAsk) =>
        Assert.Equal(canAsk, SignInWays.CanAsk(interactive, Here(variables, hasTerminal: hasTerminal)));

    private static Surroundings Here(string variables, bool needsDisplay = true, bool hasTerminal = false) =>
        Surroundings.Of(name => variables.Split(' ').Contains(name) ? "1" : null, needsDisplay, hasTerminal);
}
