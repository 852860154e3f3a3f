using System.Security.Cryptography;
using System.Text;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Enrolment;

/// <summary>
/// The one-time code that an administrator gives to a person, required to set up a first factor: 100 random bits, so that a plain hash
/// reveals nothing.
/// </summary>
internal static class EnrolmentCode
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(72);

    // Without 0, 1, I and O: people read it from paper and over the telephone.
    private const string Alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    private const int Length = 20;
    private const int GroupLength = 5;

    /// <summary>A new code as it is shown: <c>XXXXX-XXXXX-XXXXX-XXXXX</c>.</summary>
    public static string Create() =>
        string.Join('-', RandomNumberGenerator.GetString(Alphabet, Length).Chunk(GroupLength).Select(group => new string(group)));

    /// <summary>The hash to store and compare, independent of how the code was typed.</summary>
    public static byte[] Hash(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(TypedCode.Normalize(code)));
}
