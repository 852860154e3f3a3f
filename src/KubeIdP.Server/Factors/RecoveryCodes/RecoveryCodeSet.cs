using System.Security.Cryptography;
using KubeIdP.Server.Enrolment;

namespace KubeIdP.Server.Factors.RecoveryCodes;

/// <summary>Ten recovery codes for a lost factor: 80 random bits each, so that a plain hash reveals nothing.</summary>
internal static class RecoveryCodeSet
{
    public const int Count = 10;

    // Base32 without 0, 1, I and O: people type it from paper.
    private const string Alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    private const int Length = 16;
    private const int GroupLength = 4;

    /// <summary>A new set as it is shown, each <c>XXXX-XXXX-XXXX-XXXX</c>.</summary>
    public static IReadOnlyList<string> Create() => [.. Enumerable.Range(0, Count).Select(_ => CreateCode())];

    /// <summary>The hash to store and compare, independent of how the code was typed.</summary>
    public static byte[] Hash(string code) => EnrolmentCode.Hash(code);

    private static string CreateCode() =>
        string.Join('-', RandomNumberGenerator.GetString(Alphabet, Length).Chunk(GroupLength).Select(group => new string(group)));
}
