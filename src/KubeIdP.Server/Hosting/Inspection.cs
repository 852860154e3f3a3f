using System.Data.Common;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using KubeIdP.Data.Keys;
using KubeIdP.Server.Hosting.Tls;
using KubeIdP.Server.Issuer;

namespace KubeIdP.Server.Hosting;

/// <summary>What a start would stumble over around a configuration that is right in itself. It looks, and leaves everything as it was.</summary>
internal sealed class Inspection(Settings settings, TimeProvider clock)
{
    private bool UsesSqlite => settings.Database.Postgres is null;

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken ct) =>
        [CheckFolder(), await CheckMasterKeyAsync(ct), await CheckDatabaseAsync(ct), CheckCertificate(), .. settings.Listen.Select(CheckListener)];

    private Finding CheckFolder()
    {
        const string Subject = "data directory";
        if (!UsesSqlite && !LocalAuthority.IsNeeded(settings)) return Finding.Right(Subject, "not needed");

        // One that is not there yet is made, so it is the folder above that must be writable.
        var folder = new DirectoryInfo(settings.DataDirectory);
        while (folder is { Exists: false, Parent: { } parent }) folder = parent;
        try
        {
            var probe = Path.Combine(folder.FullName, $".kubeidp-check-{Guid.NewGuid():N}");
            File.Create(probe, bufferSize: 1, FileOptions.DeleteOnClose).Dispose();
            return Finding.Right(Subject, $"{settings.DataDirectory} can be written");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Finding.Wrong(Subject, $"{folder.FullName} can't be written: {fault.Message}", "Give it to the account of this process, or name another folder as dataDirectory.");
        }
    }

    private async Task<Finding> CheckMasterKeyAsync(CancellationToken ct)
    {
        const string Subject = "master key";
        var file = settings.MasterKeyFile ?? Path.Combine(settings.DataDirectory, MasterKey.FileName);
        if (settings.MasterKeyFile is null && !File.Exists(file))
        {
            return File.Exists(StorageSetup.SqliteFile(settings)) && await HoldsKeysAsync(ct)
                ? Finding.Wrong(Subject, $"The database is there, but not the key {file} that opens it.", "Restore it from your backup, from the same day as the database.")
                : Finding.Right(Subject, $"the first start makes {file}");
        }

        try
        {
            MasterKey.Load(file);
            return Finding.Right(Subject, file);
        }
        catch (StartFault fault)
        {
            return Finding.Wrong(Subject, fault.Message, mend: null);
        }
    }

    /// <summary>Whether there is anything that a master key has wrapped: a verb that adds an account makes the database before the first start does.</summary>
    private async Task<bool> HoldsKeysAsync(CancellationToken ct)
    {
        await using var database = StorageSetup.Open(settings, clock);
        try
        {
            return await new SigningKeyStore(database).ListAsync(ct) is not [];
        }
        catch (DbException)
        {
            // Without the table there is no key in it; whatever else is wrong with the database has a finding of its own.
            return false;
        }
    }

    private async Task<Finding> CheckDatabaseAsync(CancellationToken ct)
    {
        const string Subject = "database";
        if (UsesSqlite && !File.Exists(StorageSetup.SqliteFile(settings))) return Finding.Right(Subject, $"the first start makes {StorageSetup.SqliteFile(settings)}");

        try
        {
            var schema = await ReadSchemaAsync(ct);
            if (schema.Unknown is { } newer) return Finding.Wrong(Subject, $"It has a newer schema than this version knows ({newer}).", "Start the version that made it, or a later one.");
            if (schema.Pending == 0) return Finding.Right(Subject, "the schema is current");
            return UsesSqlite
                ? Finding.Right(Subject, $"the next start makes {schema.Pending} change(s) to the schema")
                : Finding.Wrong(Subject, $"It lacks {schema.Pending} change(s) of the schema.", "Run the verb migrate once.");
        }
        catch (Exception fault) when (fault is DbException or SocketException or TimeoutException or IOException)
        {
            return Finding.Wrong(Subject, $"{Outage.Describe(fault)} {fault.GetBaseException().Message}", "Check database.postgres and database.passwordFile, that the server runs, and that the network leads to it.");
        }
    }

    private async Task<SchemaState> ReadSchemaAsync(CancellationToken ct)
    {
        await using var database = StorageSetup.Open(settings, clock);
        return await SchemaState.ReadAsync(database, ct);
    }

    private Finding CheckCertificate()
    {
        const string Subject = "certificate";
        if (LocalAuthority.IsNeeded(settings)) return Finding.Right(Subject, $"from our own authority in {LocalAuthority.FolderOf(settings)}");
        if (settings.Tls is not { CertificateFile: { } certificateFile, KeyFile: { } keyFile }) return Finding.Right(Subject, "none needed: a proxy ends TLS");

        // That the two belong together is a rule of the configuration.
        using var leaf = PemPair.Read(certificateFile, keyFile).ToCertificate().Leaf;
        var (now, from, until) = (clock.GetUtcNow().UtcDateTime, leaf.NotBefore.ToUniversalTime(), leaf.NotAfter.ToUniversalTime());
        if (now > until) return Finding.Wrong(Subject, $"{certificateFile} expired at {Moment(until)}.", "Renew it; the server takes the new file by itself.");
        if (now < from) return Finding.Wrong(Subject, $"{certificateFile} is not valid before {Moment(from)}.", "Check this machine's clock, or use the certificate from then on.");

        var host = new Uri(settings.Issuer).IdnHost;
        var name = leaf.MatchesHostname(host) ? $"for {host}" : $"not for {host}, which is right only behind a proxy";
        return Finding.Right(Subject, $"{certificateFile}, {name}, valid until {Moment(until)}");
    }

    private static Finding CheckListener(string url)
    {
        var listen = ListenAddress.Parse(url);
        IPAddress[] addresses = listen.Address is { } one ? [one] : listen.IsWildcard ? [IPAddress.IPv6Any] : [IPAddress.Loopback, IPAddress.IPv6Loopback];
        foreach (var address in addresses)
        {
            try
            {
                using var listener = new TcpListener(address, listen.Port);
                if (address.Equals(IPAddress.IPv6Any)) listener.Server.DualMode = true;
                listener.Start();
            }
            catch (SocketException fault) when (fault.SocketErrorCode is SocketError.AddressAlreadyInUse)
            {
                return Finding.Wrong("listen", $"{url} is in use already.", "Stop what listens there (this server, perhaps), or set another address as listen.");
            }
            catch (SocketException fault) when (fault.SocketErrorCode is SocketError.AccessDenied)
            {
                return Finding.Wrong("listen", $"This account may not listen on {url}.", "Use a port from 1024 on, or give the process the right to (CAP_NET_BIND_SERVICE).");
            }
            catch (SocketException fault) when (addresses.Length == 1)
            {
                return Finding.Wrong("listen", $"{url} can't be used: {fault.Message}", "Use an address of this machine, or * for all of them.");
            }
            catch (SocketException)
            {
                // A machine without IPv6 has one loopback; the server is content with that as well.
            }
        }

        return Finding.Right("listen", $"{url} is free");
    }

    private static string Moment(DateTime moment) => moment.ToString("u", CultureInfo.InvariantCulture);
}
