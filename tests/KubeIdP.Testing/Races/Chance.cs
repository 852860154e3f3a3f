using System.Globalization;
using System.Numerics;

namespace KubeIdP.Testing.Races;

/// <summary>
/// The random numbers of a race: <c>KUBEIDP_SEED</c>, or a number that never changes, so that two runs wait for the same moments.
/// </summary>
public static class Chance
{
    private const int Fixed = 20261129;

    public static int Seed { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("KUBEIDP_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed)
            ? seed
            : Fixed;

    /// <param name="race">Its name: each race has numbers of its own, whatever runs before it.</param>
    public static Random For(string race) =>
        new(race.Aggregate(Seed, (sum, character) => (int)BitOperations.RotateLeft((uint)sum, 5) ^ character));
}
