using System.Security.Cryptography;
using System.Text;

namespace KubeIdP.Connectors.Ldap;

/// <summary>
/// Which password of the service account a server has refused. The same one is not sent to it again for some time: a directory that locks
/// accounts would lock it, so that the right password, which arrives here some time after it was changed there, would be refused as well.
/// </summary>
internal sealed class RefusedPasswords(TimeProvider clock)
{
    /// <summary>Longer than the half hour within which directories usually count.</summary>
    public static readonly TimeSpan RetryDelay = TimeSpan.FromMinutes(31);

    private readonly Lock sync = new();
    private readonly Dictionary<LdapAddress, (byte[] Digest, DateTimeOffset At)> refused = [];

    public void Remember(LdapAddress server, string password)
    {
        lock (sync) refused[server] = (DigestOf(password), clock.GetUtcNow());
    }

    /// <summary>Until when it must not be sent; null: it may be sent now.</summary>
    public DateTimeOffset? Until(LdapAddress server, string password)
    {
        lock (sync)
        {
            return refused.TryGetValue(server, out var found) && clock.GetUtcNow() - found.At < RetryDelay
                && CryptographicOperations.FixedTimeEquals(found.Digest, DigestOf(password))
                ? found.At + RetryDelay
                : null;
        }
    }

    private static byte[] DigestOf(string password) => SHA256.HashData(Encoding.UTF8.GetBytes(password));
}
