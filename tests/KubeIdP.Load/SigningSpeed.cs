using System.Diagnostics;
using System.Security.Cryptography;

namespace KubeIdP.Load;

/// <summary>How many signatures this processor makes: a refresh needs one, so its cost is reported in signatures.</summary>
internal static class SigningSpeed
{
    private const int Rounds = 2_000;

    /// <summary>Per second of processor time, not of the clock: others may be using the machine.</summary>
    public static double SignaturesPerCpuSecond(Algorithm algorithm)
    {
        Span<byte> digest = stackalloc byte[32];
        RandomNumberGenerator.Fill(digest);
        using var rsa = RSA.Create(2048);
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        using var self = Process.GetCurrentProcess();
        var began = self.TotalProcessorTime;
        for (var round = 0; round < Rounds; round++)
        {
            if (algorithm == Algorithm.Rs256) rsa.SignHash(digest.ToArray(), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            else ecdsa.SignHash(digest);
        }

        self.Refresh();
        return Rounds / (self.TotalProcessorTime - began).TotalSeconds;
    }
}
