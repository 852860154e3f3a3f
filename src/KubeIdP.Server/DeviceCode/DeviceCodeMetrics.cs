using System.Diagnostics.Metrics;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.DeviceCode;

/// <summary>
/// Counts what happens to device codes. The instrument <c>kubeidp.device_codes</c> of the meter <c>KubeIdP.DeviceCodes</c>.
/// </summary>
internal sealed class DeviceCodeMetrics(IMeterFactory meters)
{
    private readonly SeriesCounter codes = new(
        meters.Create("KubeIdP.DeviceCodes"), "kubeidp.device_codes", "{event}", "What happened to device codes, by outcome.",
        ["outcome"],
        [["started"], ["limited"], ["approved"], ["denied"], ["denied_by_administrator"], ["refused"], ["redeemed"], ["replayed"],
            ["expired"], ["not_collected"], ["slow_down"], ["wrong_code"], ["throttled"]]);

    /// <summary>A machine got a code.</summary>
    public void Started() => codes.Add("started");

    /// <summary>A machine got none, because there are too many live requests.</summary>
    public void Limited() => codes.Add("limited");

    public void Approved() => codes.Add("approved");

    /// <summary>A person said that it was not theirs.</summary>
    public void Denied() => codes.Add("denied");

    /// <summary>An administrator denied it, by whichever program: counted when the request is deleted.</summary>
    public void DeniedByAdministrator(int count) => Add("denied_by_administrator", count);

    /// <summary>The person may not use device codes for this client, or not from this network.</summary>
    public void Refused() => codes.Add("refused");

    public void Redeemed() => codes.Add("redeemed");

    /// <summary>A device code was presented again after it was redeemed.</summary>
    public void Replayed() => codes.Add("replayed");

    /// <summary>Nobody decided in time.</summary>
    public void Expired(int count) => Add("expired", count);

    /// <summary>It was approved, and the machine never came for its tokens.</summary>
    public void NotCollected(int count) => Add("not_collected", count);

    public void SlowedDown() => codes.Add("slow_down");

    /// <summary>Somebody typed a code that there is not.</summary>
    public void WrongCode() => codes.Add("wrong_code");

    /// <summary>A code was not looked up, because there were too many wrong ones.</summary>
    public void Throttled() => codes.Add("throttled");

    private void Add(string outcome, int count)
    {
        for (var i = 0; i < count; i++) codes.Add(outcome);
    }
}
