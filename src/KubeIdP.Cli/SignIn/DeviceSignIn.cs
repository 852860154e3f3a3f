using KubeIdP.Cli.Network;

namespace KubeIdP.Cli.SignIn;

/// <summary>Signs in with a code that the person types into a browser elsewhere (RFC 8628).</summary>
internal sealed class DeviceSignIn(IssuerAccess access)
{
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromMinutes(1);

    /// <exception cref="CommandFault">Refused, expired, or not offered.</exception>
    public async Task<SignedIn> RunAsync(string scope, CancellationToken ct)
    {
        var provider = await access.ProviderAsync(current: true, ct);
        var endpoint = provider.DeviceAuthorizationEndpoint
            ?? throw new CommandFault($"{access.Issuer} does not offer device codes.");
        var start = access.Clock.GetTimestamp();
        var device = await OAuthClient.AskForDeviceCodeAsync(
            access.Http, endpoint, [new("client_id", OAuthClient.OwnId), new("scope", scope)], ct);
        if (device is not { DeviceCode: { Length: > 0 } deviceCode, UserCode: { Length: > 0 } userCode, VerificationUri: { } uri })
            throw new CommandFault($"{access.Issuer} answered without a device code.");

        var lifetime = StatedTime.Of(device.ExpiresIn);
        if (lifetime == TimeSpan.Zero) throw new CommandFault($"{access.Issuer} answered with a device code that has already expired.");

        access.Say($"On any machine, open {Plain.Text(uri)} and type this code: {Plain.Text(userCode)}");
        access.Say($"It can be used for {Minutes(lifetime)}. Give it to nobody.");

        return await PollAsync(deviceCode, DefaultIfNone(device.Interval), start, lifetime, ct);
    }

    /// <summary>What an answer to a poll means (RFC 8628 §3.5).</summary>
    /// <returns>How long to wait before the next poll; null when polling ends.</returns>
    public static TimeSpan? Next(string error, TimeSpan interval) => error switch
    {
        "authorization_pending" => interval,
        "slow_down" => interval + TimeSpan.FromSeconds(5),
        _ => null,
    };

    /// <summary>After a poll without an answer: each time twice as long, so that a server that comes back is not flooded.</summary>
    public static TimeSpan AfterOutage(TimeSpan interval) => interval * 2 < LongestInterval ? interval * 2 : LongestInterval;

    /// <summary>In whole minutes, at least one.</summary>
    public static string Minutes(TimeSpan time) =>
        Math.Max(1, Math.Round(time.TotalMinutes)) is > 1 and var minutes ? $"{minutes:F0} minutes" : "1 minute";

    private static TimeSpan DefaultIfNone(double? seconds) => StatedTime.Of(seconds) is var given && given > TimeSpan.Zero
        ? given
        : DefaultInterval;

    private async Task<SignedIn> PollAsync(
        string deviceCode, TimeSpan interval, long start, TimeSpan lifetime, CancellationToken ct)
    {
        var wait = interval;
        while (true)
        {
            // Not longer than the code can be used, so that its end is said in time.
            var left = lifetime - access.Clock.GetElapsedTime(start);
            if (left > TimeSpan.Zero) await Task.Delay(wait < left ? wait : left, access.Clock, ct);
            if (access.Clock.GetElapsedTime(start) > lifetime)
                throw new CommandFault("The code has expired before somebody approved it. Start again.");

            var asked = access.Now;
            OAuthAnswer answer;
            try
            {
                answer = await access.AskAsync(
                    [
                        new("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), new("client_id", OAuthClient.OwnId),
                        new("device_code", deviceCode),
                    ], ct);
            }
            catch (Outage)
            {
                wait = AfterOutage(wait);
                continue;
            }

            if (answer is OAuthAnswer.Refused refused)
            {
                interval = Next(refused.Error, interval) ?? throw new CommandFault(refused.Sentence);
                wait = interval;
                continue;
            }

            var tokens = ((OAuthAnswer.Issued)answer).Tokens;
            var id = tokens.IdToken is null ? null : IdToken.Read(tokens.IdToken);
            return IdToken.FaultOf(id, access.Issuer, OAuthClient.OwnId) is { } fault
                ? throw new CommandFault(fault)
                : new SignedIn(tokens, id!, asked);
        }
    }
}
