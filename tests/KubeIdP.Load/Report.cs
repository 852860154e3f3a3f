using System.Globalization;
using System.Text.Json;

namespace KubeIdP.Load;

/// <summary>A line for each pass.</summary>
internal sealed class Report(bool json, double signaturesPerCpuSecond)
{
    private bool headed;

    public void Write(int pass, LoadResult result)
    {
        var signaturesEach = result.PerCpuSecond > 0 ? signaturesPerCpuSecond / result.PerCpuSecond : 0;
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                pass,
                perSecond = result.PerSecond,
                perCpuSecond = result.PerCpuSecond,
                signaturesEach,
                allocatedBytesEach = result.AllocatedEach,
                p50Ms = result.PercentileMs(0.5),
                p99Ms = result.PercentileMs(0.99),
                residentMiB = result.ResidentMiB,
                errors = result.Errors,
                firstError = result.FirstError,
            }));
            return;
        }

        if (!headed)
            Console.WriteLine(
                "pass  per second  per CPU second  signatures each  allocated bytes each  p50 ms  p99 ms  resident MiB  errors");
        headed = true;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{pass,4}  {result.PerSecond,10:F0}  {result.PerCpuSecond,14:F0}  {signaturesEach,15:F2}  {result.AllocatedEach,20:F0} "
                + $" {result.PercentileMs(0.5),6:F1}  {result.PercentileMs(0.99),6:F1}  {result.ResidentMiB,12:F0}  {result.Errors,6}"));
        if (result.FirstError is not null) Console.Error.WriteLine($"The first error: {result.FirstError}");
    }
}
