using System.Security.Cryptography;
using System.Text;
using KubeIdP.Core.Files;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Keys;

/// <summary>
/// Wraps every other secret at rest, so that a dump of the database alone decrypts nothing and forges nothing. AES-256-GCM; a wrapped value
/// is version (1 byte) | key id (8) | nonce (12) | tag (16) | ciphertext, bound to its purpose.
/// </summary>
internal sealed class MasterKey
{
    public const string FileName = "master.key";

    private const byte Version = 1;
    private const int KeySize = 32;
    private const int IdSize = 8;
    private const int HeaderSize = 1 + IdSize;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int Overhead = HeaderSize + NonceSize + TagSize;

    private readonly byte[] key;
    private readonly byte[] header;

    public MasterKey(ReadOnlySpan<byte> master)
    {
        if (master.Length != KeySize) throw new ArgumentException($"A master key must have {KeySize} bytes.", nameof(master));

        var root = master.ToArray();
        key = HKDF.DeriveKey(HashAlgorithmName.SHA256, root, KeySize, info: "KubeIdP wrapping key v1"u8.ToArray());

        // Identifies the key without revealing anything about it, so that a wrong master key can be distinguished from a damaged value.
        var name = HKDF.DeriveKey(HashAlgorithmName.SHA256, root, KeySize, info: "KubeIdP master key id v1"u8.ToArray());
        header = [Version, .. SHA256.HashData(name).AsSpan(0, IdSize)];
        CryptographicOperations.ZeroMemory(root);
    }

    /// <summary>Derives a key for another use than wrapping; it depends only on the master key and the use.</summary>
    public byte[] DeriveKey(string use) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, KeySize, info: Encoding.UTF8.GetBytes($"KubeIdP {use} v1"));

    /// <summary>
    /// Loads the key from this file, which is created if it is missing and not named by the configuration. Only for a database that has
    /// none yet:
    /// <see cref="KeyDiagnostics.EnsureMasterKeyAsync"/> ensures that. Throws <see cref="StartFault"/>.
    /// </summary>
    public static MasterKey LoadOrCreate(MasterKeyFile file)
    {
        var path = file.Path;
        if (file.IsNamed) return Load(path);

        PrivateFiles.CreateFolder(Path.GetDirectoryName(path)!);
        try
        {
            // Two processes that start at once must use the same key, and it is never replaced, because what it has wrapped would be lost.
            using var exclusive = PrivateFiles.Lock(path + ".lock");
            if (!File.Exists(path))
                PrivateFiles.Write(path, Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeySize)) + "\n", PrivateFiles.OwnerOnly);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StartFault($"The master key {path} can't be created: {fault.Message} Make dataDirectory writable for this process.");
        }

        return Load(path);
    }

    /// <summary>
    /// Throws <see cref="StartFault"/> if the file is missing, accessible to other accounts, or does not contain 32 bytes in base64.
    /// </summary>
    public static MasterKey Load(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            if (PrivateFiles.IsOpenToOthers(file))
                throw new StartFault(
                    $"Other accounts can read or change the master key {path}. If nobody did so, restrict it: chmod 600 {path}. In a "
                    + $"container, mount it with mode 0400.");

            using var reader = new StreamReader(file);
            return Read(reader, path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StartFault(
                $"The master key {path} can't be read: {fault.Message} Check masterKeyFile, the mount, and that the account of this "
                + $"process may read it.");
        }
    }

    /// <summary>Throws <see cref="StartFault"/> if this is not 32 bytes in base64.</summary>
    /// <param name="text">Is read to its end.</param>
    /// <param name="name">What is read, for the message.</param>
    public static MasterKey Read(TextReader text, string name)
    {
        try
        {
            return new MasterKey(Convert.FromBase64String(text.ReadToEnd()));
        }
        catch (Exception fault) when (fault is FormatException or ArgumentException)
        {
            throw new StartFault(
                $"{name} does not contain a master key ({KeySize} random bytes in base64). Restore it from your backup: without the "
                    + $"right master key, nothing that it has wrapped can be decrypted. "
                + "For a new installation create one with: openssl rand -base64 32");
        }
    }

    /// <summary>Whether this key wrapped the value; it does not detect damage.</summary>
    public bool HasWrapped(ReadOnlySpan<byte> wrapped) => wrapped.Length >= HeaderSize && wrapped[..HeaderSize].SequenceEqual(header);

    /// <param name="purpose">What the value is for. The same text is needed to unwrap it, so that wrapped values can't be swapped.</param>
    public byte[] Wrap(ReadOnlySpan<byte> secret, string purpose)
    {
        var wrapped = new byte[Overhead + secret.Length];
        header.CopyTo(wrapped, 0);
        var nonce = wrapped.AsSpan(HeaderSize, NonceSize);
        RandomNumberGenerator.Fill(nonce);

        using var cipher = new AesGcm(key, TagSize);
        cipher.Encrypt(nonce, secret, wrapped.AsSpan(Overhead), wrapped.AsSpan(HeaderSize + NonceSize, TagSize), AssociatedData(purpose));
        return wrapped;
    }

    /// <summary>
    /// Throws <see cref="CryptographicException"/> if another master key wrapped the value, or it is damaged or was wrapped for another
    /// purpose.
    /// </summary>
    public byte[] Unwrap(ReadOnlySpan<byte> wrapped, string purpose)
    {
        if (wrapped.Length < Overhead || wrapped[0] != Version)
            throw new CryptographicException($"The wrapped value for \"{purpose}\" is damaged, or a later version of KubeIdP wrote it.");
        if (!wrapped[..HeaderSize].SequenceEqual(header))
            throw new CryptographicException(
                $"Another master key wrapped the value for \"{purpose}\". Give this process the master key that belongs to this database.");

        var secret = new byte[wrapped.Length - Overhead];
        try
        {
            using var cipher = new AesGcm(key, TagSize);
            cipher.Decrypt(wrapped.Slice(HeaderSize, NonceSize), wrapped[Overhead..], wrapped.Slice(HeaderSize + NonceSize, TagSize),
                secret, AssociatedData(purpose));
            return secret;
        }
        catch (AuthenticationTagMismatchException fault)
        {
            throw new CryptographicException($"The wrapped value for \"{purpose}\" is damaged, or was wrapped for another purpose.", fault);
        }
    }

    private byte[] AssociatedData(string purpose) => [.. header, .. Encoding.UTF8.GetBytes(purpose)];
}
