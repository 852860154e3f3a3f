namespace KubeIdP.Cli.SignIn;

/// <summary>How a person signs in.</summary>
internal enum SignInWay
{
    /// <summary>In the browser of this machine, which is opened.</summary>
    Browser,

    /// <summary>In the browser of another machine, with a code that is typed there (RFC 8628).</summary>
    DeviceCode,

    /// <summary>In a browser that reaches this machine through a forwarded port.</summary>
    ForwardedPort,
}

/// <summary>What the person asked for.</summary>
internal sealed record SignInWish(bool DeviceCode = false, bool NoBrowser = false);

/// <summary>Where this process runs.</summary>
/// <param name="NeedsDisplay">Whether browsers of this operating system need a display.</param>
/// <param name="HasDisplay">X11 or Wayland.</param>
/// <param name="IsRemote">Whether the person is connected by SSH: a browser would open on the wrong machine.</param>
/// <param name="NamesBrowser">Whether BROWSER is set, as remote development tools do in order to open the person's own browser.</param>
/// <param name="HasTerminal">Whether somebody may read what this process says.</param>
/// <param name="IsAutomation">Whether CI is set.</param>
internal sealed record Surroundings(
    bool NeedsDisplay, bool HasDisplay, bool IsRemote, bool NamesBrowser, bool HasTerminal, bool IsAutomation)
{
    public bool HasBrowser => NamesBrowser || (!IsRemote && (!NeedsDisplay || HasDisplay));

    public static Surroundings OfThisProcess() => Of(
        Environment.GetEnvironmentVariable, !OperatingSystem.IsWindows() && !OperatingSystem.IsMacOS(), !Console.IsErrorRedirected);

    public static Surroundings Of(Func<string, string?> variable, bool needsDisplay, bool hasTerminal)
    {
        return new Surroundings(needsDisplay, IsSet("DISPLAY") || IsSet("WAYLAND_DISPLAY"),
            IsSet("SSH_CONNECTION") || IsSet("SSH_TTY") || IsSet("SSH_CLIENT"), IsSet("BROWSER"), hasTerminal, IsSet("CI"));

        bool IsSet(string name) => variable(name) is { Length: > 0 };
    }
}

/// <summary>Decides how, and whether at all, a person can sign in here.</summary>
internal static class SignInWays
{
    /// <param name="offersDeviceCode">Whether the issuer does.</param>
    /// <exception cref="CommandFault">A device code is asked for where there is none.</exception>
    public static SignInWay Choose(SignInWish wish, Surroundings here, bool offersDeviceCode, string issuer)
    {
        if (wish.DeviceCode)
        {
            return offersDeviceCode
                ? SignInWay.DeviceCode
                : throw new CommandFault($"{issuer} does not offer device codes. Leave out --device-code, or ask an administrator.");
        }

        if (wish.NoBrowser) return SignInWay.ForwardedPort;
        if (here.HasBrowser) return SignInWay.Browser;
        return offersDeviceCode ? SignInWay.DeviceCode : SignInWay.ForwardedPort;
    }

    /// <summary>Whether there is a person who can sign in.</summary>
    /// <param name="interactive">What client-go says about its standard input; null when it did not start this process.</param>
    public static bool CanAsk(bool? interactive, Surroundings here) =>
        interactive is true || here.HasTerminal || (here.HasBrowser && !here.IsAutomation);
}
