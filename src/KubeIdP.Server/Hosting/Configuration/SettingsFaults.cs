using System.Collections;

namespace KubeIdP.Server.Hosting.Configuration;

/// <summary>Everything that is wrong with the configuration, so that it can be mended in one go.</summary>
internal sealed class SettingsFaults(IReadOnlyList<SettingsFault> faults) : IReadOnlyCollection<SettingsFault>
{
    public int Count => faults.Count;

    public void Print(TextWriter writer)
    {
        writer.WriteLine($"The configuration can't be used: {Count} {(Count == 1 ? "thing is" : "things are")} wrong. Nothing was started.");
        foreach (var fault in faults)
        {
            writer.WriteLine();
            writer.WriteLine(fault.Place);
            writer.WriteLine($"  {fault.What}");
            writer.WriteLine($"  → {fault.Mend}");
        }
    }

    public IEnumerator<SettingsFault> GetEnumerator() => faults.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
