using System.Collections;
using KubeIdP.Core.Naming;

namespace KubeIdP.Server.Configuration;

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

            // The name of a variable or of a folder may hold anything.
            writer.WriteLine(OutsideText.Show(fault.Place));
            writer.WriteLine($"  {OutsideText.Show(fault.What, TextKind.Lines)}");
            writer.WriteLine($"  → {OutsideText.Show(fault.Fix, TextKind.Lines)}");
        }
    }

    public IEnumerator<SettingsFault> GetEnumerator() => faults.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
