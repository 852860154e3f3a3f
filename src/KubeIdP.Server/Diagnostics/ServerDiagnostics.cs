using System.Data.Common;
using System.Globalization;
using System.Net.Sockets;
using KubeIdP.Core.Files;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Keys;
using KubeIdP.Data.Schema;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Hosting;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Runtime;
using KubeIdP.Server.Storage;
using KubeIdP.Server.Tls;

namespace KubeIdP.Server.Diagnostics;

/// <summary>Finds problems outside of a valid configuration that would prevent a start. It changes nothing.</summary>
internal sealed class ServerDiagnostics(
    IssuerUrl issuer, ListenUrls listen, ManagementOptions management, DataDirectory data, DatabaseOptions databaseOptions,
    MasterKeyFile masterKey, TlsOptions tls, TimeProvider clock)
{
    private const string PrivateSubject = "private files";

    private readonly LocalAuthority authority = new(data, issuer, listen, clock);

    /// <summary>Files that only their owner should access, besides those in the data directory. They may be missing.</summary>
    public required IReadOnlyList<string> SecretFiles { get; init; }

    private bool UsesSqlite => databaseOptions.Postgres is null;

    private string SqliteFile => StorageSetup.SqliteFile(data.Path);

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken ct)
    {
        var findings = new List<Finding> { CheckOpenFiles(), CheckFolder() };
        findings.AddRange(CheckPrivacy());
        findings.AddRange(await CheckStorageAsync(ct));
        findings.Add(CheckCertificate());
        var listeners = new ListenerDiagnostics(issuer, tls.CertificateFile ?? authority.LeafFile);
        foreach (var url in listen.All) findings.Add(await listeners.RunAsync(url, "listen", isForManagement: false, ct));
        if (management.Listen is { } own) findings.Add(await listeners.RunAsync(own, "management.listen", isForManagement: true, ct));
        return findings;
    }

    private static Finding CheckOpenFiles()
    {
        const string Subject = "open files";
        if (OpenFiles.Fault is { } fault) return Finding.Wrong(Subject, fault, fix: null);
        if (OpenFiles.Limit is not { } limit) return Finding.Right(Subject, "no limit");

        var atTheMost = string.Create(CultureInfo.InvariantCulture, $"at most {limit}");
        return limit >= OpenFiles.WarnBelow
            ? Finding.Right(Subject, atTheMost)
            : Finding.Doubtful(Subject, atTheMost, $"Each connection needs one: raise the limit (ulimit -n) to {OpenFiles.Recommended}.");
    }

    private Finding CheckFolder()
    {
        const string Subject = "data directory";
        if (!UsesSqlite && !LocalAuthority.IsNeeded(tls, listen)) return Finding.Right(Subject, "not needed");

        // A missing folder will be created, so its parent must be writable.
        var folder = new DirectoryInfo(data.Path);
        while (folder is { Exists: false, Parent: { } parent })
        {
            if (File.Exists(folder.FullName) || folder.LinkTarget is not null)
                return Finding.Wrong(Subject, $"{folder.FullName} is not a folder, nor a link to one.",
                    "Move it away, or set dataDirectory to another folder.");
            folder = parent;
        }

        try
        {
            var probe = Path.Combine(folder.FullName, $".kubeidp-check-{Guid.NewGuid():N}");
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0,
                Options = FileOptions.DeleteOnClose };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = PrivateFiles.OwnerOnly;
            new FileStream(probe, options).Dispose();
            return Finding.Right(Subject, $"{data.Path} is writable");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Finding.Wrong(Subject, $"{folder.FullName} is not writable: {fault.Message}",
                "Make the account of this process its owner, or set dataDirectory to another folder.");
        }
    }

    /// <summary>
    /// A copy, a mount or an earlier version may have left them accessible. The master key has a check of its own, because no server starts
    /// if it is accessible to others.
    /// </summary>
    private IEnumerable<Finding> CheckPrivacy()
    {
        List<string> open =
        [
            .. PrivateFiles.OpenToOthers(data.Path, authority.AuthorityFile, Path.Combine(data.Path, MasterKey.FileName)),
            .. SecretFiles.Where(PrivateFiles.IsOpenToOthers),
        ];
        var folders = PrivateFiles.FoldersOthersCanChange(data.Path);
        return
        [
            open is [] ? Finding.Right(PrivateSubject, "only their owner can read or change them")
                : OpenToOthers("Other accounts can read or change", open, "go="),
            .. folders is [] ? [] : (Finding[])[OpenToOthers("Other accounts can replace files of this server, in", folders, "go-w")],
        ];
    }

    private static Finding OpenToOthers(string what, IReadOnlyCollection<string> open, string mode)
    {
        const int Named = 10;
        return Finding.Doubtful(
            PrivateSubject, $"{what} {string.Join(", ", open.Take(Named))}{(open.Count > Named ? $" and {open.Count - Named} more" : "")}.",
            $"If nobody did so, restrict them: chmod {mode} {string.Join(' ', open.Take(Named))}");
    }

    /// <summary>Opens database and keys with the code of the start, and stops before anything is created.</summary>
    private async Task<IEnumerable<Finding>> CheckStorageAsync(CancellationToken ct)
    {
        const string Subject = "database";
        if (UsesSqlite && !File.Exists(SqliteFile))
            return [LoadMasterKey(out _, isFirstStart: true), Finding.Right(Subject, $"the first start creates {SqliteFile}")];

        await using var database = StorageSetup.Open(databaseOptions, data.Path, clock);
        try
        {
            if (await DatabaseDiagnostics.FindFaultsAsync(database, ct) is not [] and var faults)
                return [LoadMasterKey(out _, isFirstStart: false),
                    .. faults.Select(fault => Finding.Wrong(Subject, fault.What, fault.Fix))];

            if (await DatabaseRights.FindMissingAsync(database, ct) is { } missing)
                return [LoadMasterKey(out _, isFirstStart: false), Finding.Wrong(Subject, missing, fix: null)];

            var schema = await SchemaState.ReadAsync(database, ct);
            return [.. await CheckKeysAsync(database, schema, ct), CheckSchema(schema), .. CheckPath(database),
                await CheckClockAsync(database, ct)];
        }
        catch (Exception fault) when (fault is DbException or SocketException or TimeoutException or IOException)
        {
            return [LoadMasterKey(out _, isFirstStart: false), AwayOrRefusing(fault)];
        }
    }

    /// <summary>
    /// A database that lacks migrations may lack the tables of the keys; the start checks the keys after it has applied them.
    /// </summary>
    private async Task<IEnumerable<Finding>> CheckKeysAsync(Database database, SchemaState schema, CancellationToken ct)
    {
        var auditLog = new AuditLog(database,
            new AuditKeySource(_ => throw new InvalidOperationException("Diagnostics do not append audit events.")));
        var signing = new SigningKeyStore(database, auditLog);
        var store = new WrappedKeyStore(database, auditLog, signing, new DataProtectionKeyStore(database, auditLog));
        var diagnostics = new KeyDiagnostics(store, signing, clock);
        try
        {
            var finding = LoadMasterKey(out var master, isFirstStart: !(await store.ReadAsync(ct)).MasterKeyWasUsed);
            return master is null
                ? [finding]
                : [finding, .. (await diagnostics.FindFaultsAsync(master, ct)).Select(fault => Finding.Wrong("keys", fault, fix: null))];
        }
        catch (DbException) when (schema.Pending > 0)
        {
            return [LoadMasterKey(out _, isFirstStart: true)];
        }
    }

    private Finding LoadMasterKey(out MasterKey? master, bool isFirstStart)
    {
        const string Subject = "master key";
        master = null;
        try
        {
            var file = masterKey.Path;
            if (!masterKey.IsNamed && !File.Exists(file))
                return isFirstStart
                    ? Finding.Right(Subject, $"the first start creates {file}")
                    : Finding.Wrong(Subject, KeyDiagnostics.Lost(file), fix: null);

            master = MasterKey.Load(file);
            return Finding.Right(Subject, file);
        }
        catch (StartFault fault)
        {
            return Finding.Wrong(Subject, fault.Message, fix: null);
        }
    }

    private Finding CheckSchema(SchemaState schema)
    {
        const string Subject = "database";
        if (schema.Unknown is { } newer)
            return Finding.Wrong(Subject, $"It has a newer schema than this version knows ({newer}).",
                "Start the version that created it, or a later one.");
        if (schema.Pending == 0) return Finding.Right(Subject, "the schema is current");
        return UsesSqlite
            ? Finding.Right(Subject, $"the next start applies {schema.Pending} migration(s)")
            : Finding.Wrong(Subject, $"It lacks {schema.Pending} migration(s).", "Run the command \"migrate\" once.") with
            {
                MayPass = true,
            };
    }

    private static IEnumerable<Finding> CheckPath(Database database) =>
        database.IsPostgres ? [Finding.Right("connections to the database", StorageSetup.DescribePath(database))] : [];

    private async Task<Finding> CheckClockAsync(Database database, CancellationToken ct)
    {
        const string Subject = "clock";
        if (!database.IsPostgres) return Finding.Right(Subject, "this machine's clock");

        var shared = new DatabaseClock(clock);
        await shared.ReadAsync(database, ct);
        var ahead = shared.MachineAhead;
        return ahead.Duration() <= ClockReading.WarningThreshold
            ? Finding.Right(Subject, "this machine's clock and the database's clock agree")
            : Finding.Doubtful(Subject,
                string.Create(CultureInfo.InvariantCulture,
                    $"This machine's clock is {ahead.TotalSeconds:0.0} s ahead of the database's clock (negative: behind)."),
                    "Synchronize both with NTP.");
    }

    private Finding AwayOrRefusing(Exception fault)
    {
        const string Subject = "database";
        var message = fault.GetBaseException().Message;
        return (UsesSqlite, Outage.Of(fault)) switch
        {
            (true, _) =>
                Finding.Wrong(Subject, $"{SqliteFile} can't be read: {message}",
                    "Check that it is complete and that this account may write it; otherwise restore it from your backup."),
            (false, { } outage) => Finding.Wrong(Subject, $"{outage.What}. {outage.Detail}", outage.Fix) with
            {
                MayPass = outage.Kind != OutageKind.RightMissing,
            },
            (false, null) =>
                Finding.Wrong(Subject, $"It refuses a statement that the server needs: {message}",
                    "Check that database.postgres names the right database and account."),
        };
    }

    private Finding CheckCertificate()
    {
        const string Subject = "certificate";
        if (LocalAuthority.IsNeeded(tls, listen))
        {
            var origin = $"from this server's own certificate authority in {authority.Folder}";
            return authority.FindForeignName() is not { } foreign
                ? Finding.Right(Subject, origin)
                : Finding.Doubtful(Subject, $"{origin}, which may not sign for {foreign}",
                    "The next start creates a new certificate authority: everything that trusts this one needs the new one.");
        }

        if (tls is not { CertificateFile: { } certificateFile, KeyFile: { } keyFile })
            return Finding.Right(Subject, "none needed: a proxy terminates TLS");

        // A rule of the configuration already checks that the two match.
        using var leaf = PemPair.Read(certificateFile, keyFile).ToCertificate().Leaf;
        var (now, from, until) = (clock.GetUtcNow().UtcDateTime, leaf.NotBefore.ToUniversalTime(), leaf.NotAfter.ToUniversalTime());
        // A server starts with it, and clients that don't look at its time go on.
        if (now > until)
            return Finding.Doubtful(Subject, $"{certificateFile} expired at {Timestamp(until)}: clients refuse it.",
                "Renew it; the server loads the new file by itself.");
        if (now < from)
            return Finding.Doubtful(Subject, $"{certificateFile} is not valid before {Timestamp(from)}: clients refuse it.",
                "Check this machine's clock, or use the certificate from then on.");

        var host = issuer.Uri.IdnHost;
        var name = leaf.MatchesHostname(host) ? $"for {host}" : $"not for {host}, which is correct only behind a proxy";
        return Finding.Right(Subject, $"{certificateFile}, {name}, valid until {Timestamp(until)}");
    }

    private static string Timestamp(DateTime time) => time.ToString("u", CultureInfo.InvariantCulture);
}
