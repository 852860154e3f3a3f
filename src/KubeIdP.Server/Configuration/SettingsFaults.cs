using System.Collections;
using KubeIdP.Core.Naming;

namespace KubeIdP.Server.Configuration;

/// <summary>All faults of the configuration, so that they can be fixed in one go.</summary>
internal sealed class SettingsFaults(IReadOnlyList<SettingsFault> faults) : IReadOnlyCollection<SettingsFault>
{
    public int Count => faults.Count;

    public void Print(TextWriter writer)
    {
        writer.WriteLine($"The configuration is not valid: {Count} {(Count == 1 ? "error" : "errors")}. Nothing was started.");
        foreach (var fault in faults)
        {
            writer.WriteLine();

            // The name of a variable or folder may contain any character.
            writer.WriteLine(OutsideText.Show(fault.Place));
            writer.WriteLine($"  {OutsideText.Show(fault.What, TextKind.Lines)}");
            writer.WriteLine($"  → {OutsideText.Show(fault.Fix, TextKind.Lines)}");
        }
    }

    public IEnumerator<SettingsFault> GetEnumerator() => faults.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
