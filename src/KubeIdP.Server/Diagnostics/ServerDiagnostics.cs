using System.Data.Common;
using System.Globalization;
using System.Net.Sockets;
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

/// <summary>What a start would stumble over around a configuration that is right in itself. It looks, and leaves everything as it was.</summary>
internal sealed class ServerDiagnostics(
    IssuerUrl issuer, ListenUrls listen, ManagementOptions management, DataDirectory data, DatabaseOptions databaseOptions,
    MasterKeyFile masterKey, TlsOptions tls, TimeProvider clock)
{
    private const string PrivateSubject = "private files";

    private readonly LocalAuthority authority = new(data, issuer, listen, clock);

    /// <summary>Files that should be their owner's alone, besides what lies in the data directory. They may be missing.</summary>
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
        if (OpenFiles.Limit is not { } limit) return Finding.Right(Subject, "as many as are needed");

        var atTheMost = string.Create(CultureInfo.InvariantCulture, $"{limit} at the most");
        return limit >= OpenFiles.Few ? Finding.Right(Subject, atTheMost) : Finding.Doubtful(Subject, atTheMost, $"Each connection is one: raise the limit (ulimit -n) to {OpenFiles.Plenty}.");
    }

    private Finding CheckFolder()
    {
        const string Subject = "data directory";
        if (!UsesSqlite && !LocalAuthority.IsNeeded(tls, listen)) return Finding.Right(Subject, "not needed");

        // One that is not there yet is made, so it is the folder above that must be writable.
        var folder = new DirectoryInfo(data.Path);
        while (folder is { Exists: false, Parent: { } parent })
        {
            if (File.Exists(folder.FullName) || folder.LinkTarget is not null)
                return Finding.Wrong(Subject, $"{folder.FullName} is no folder, and leads to none.", "Move it away, or name another folder as dataDirectory.");
            folder = parent;
        }

        try
        {
            var probe = Path.Combine(folder.FullName, $".kubeidp-check-{Guid.NewGuid():N}");
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, Options = FileOptions.DeleteOnClose };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = PrivateFiles.OwnerOnly;
            new FileStream(probe, options).Dispose();
            return Finding.Right(Subject, $"{data.Path} can be written");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Finding.Wrong(Subject, $"{folder.FullName} can't be written: {fault.Message}", "Give it to the account of this process, or name another folder as dataDirectory.");
        }
    }

    /// <summary>A copy, a mount, or a start of an earlier version may have left them so. The master key is looked at by itself: with that open no server starts.</summary>
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
            open is [] ? Finding.Right(PrivateSubject, "their owner's alone") : OpenToOthers("Other accounts can read or change", open, "go="),
            .. folders is [] ? [] : (Finding[])[OpenToOthers("Other accounts can put files in the place of ours, in", folders, "go-w")],
        ];
    }

    private static Finding OpenToOthers(string what, IReadOnlyCollection<string> open, string mode)
    {
        const int Named = 10;
        return Finding.Doubtful(
            PrivateSubject, $"{what} {string.Join(", ", open.Take(Named))}{(open.Count > Named ? $" and {open.Count - Named} more" : "")}.",
            $"If nobody did, close them: chmod {mode} {string.Join(' ', open.Take(Named))}");
    }

    /// <summary>Opens database and keys as the start does, with the same code, and stops where the start would begin to make something.</summary>
    private async Task<IEnumerable<Finding>> CheckStorageAsync(CancellationToken ct)
    {
        const string Subject = "database";
        if (UsesSqlite && !File.Exists(SqliteFile))
            return [LoadMasterKey(out _, isFirstStart: true), Finding.Right(Subject, $"the first start makes {SqliteFile}")];

        await using var database = StorageSetup.Open(databaseOptions, data.Path, clock);
        try
        {
            if (await DatabaseDiagnostics.FindFaultsAsync(database, ct) is not [] and var faults)
                return [LoadMasterKey(out _, isFirstStart: false), .. faults.Select(fault => Finding.Wrong(Subject, fault.What, fault.Fix))];

            if (await DatabaseRights.FindMissingAsync(database, ct) is { } missing) return [LoadMasterKey(out _, isFirstStart: false), Finding.Wrong(Subject, missing, fix: null)];

            var schema = await SchemaState.ReadAsync(database, ct);
            return [.. await CheckKeysAsync(database, schema, ct), CheckSchema(schema), .. CheckPath(database), await CheckClockAsync(database, ct)];
        }
        catch (Exception fault) when (fault is DbException or SocketException or TimeoutException or IOException)
        {
            return [LoadMasterKey(out _, isFirstStart: false), AwayOrRefusing(fault)];
        }
    }

    /// <summary>A database that lacks changes of the schema may lack the tables of the keys; whether it holds any, the start finds out after it has made them.</summary>
    private async Task<IEnumerable<Finding>> CheckKeysAsync(Database database, SchemaState schema, CancellationToken ct)
    {
        var auditLog = new AuditLog(database, new AuditKeySource(_ => throw new InvalidOperationException("Diagnostics append no audit events.")));
        var signing = new SigningKeyStore(database, auditLog);
        var store = new WrappedKeyStore(database, auditLog, signing, new DataProtectionKeyStore(database, auditLog));
        var diagnostics = new KeyDiagnostics(store, signing, clock);
        try
        {
            var finding = LoadMasterKey(out var master, isFirstStart: !(await store.ReadAsync(ct)).WereMade);
            return master is null ? [finding] : [finding, .. (await diagnostics.FindFaultsAsync(master, ct)).Select(fault => Finding.Wrong("keys", fault, fix: null))];
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
                return isFirstStart ? Finding.Right(Subject, $"the first start makes {file}") : Finding.Wrong(Subject, KeyDiagnostics.Lost(file), fix: null);

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
        if (schema.Unknown is { } newer) return Finding.Wrong(Subject, $"It has a newer schema than this version knows ({newer}).", "Start the version that made it, or a later one.");
        if (schema.Pending == 0) return Finding.Right(Subject, "the schema is current");
        return UsesSqlite
            ? Finding.Right(Subject, $"the next start makes {schema.Pending} change(s) to the schema")
            : Finding.Wrong(Subject, $"It lacks {schema.Pending} change(s) of the schema.", "Run the verb migrate once.");
    }

    private static IEnumerable<Finding> CheckPath(Database database) =>
        database.IsPostgres ? [Finding.Right("connections to the database", StorageSetup.DescribePath(database))] : [];

    private async Task<Finding> CheckClockAsync(Database database, CancellationToken ct)
    {
        const string Subject = "clock";
        if (!database.IsPostgres) return Finding.Right(Subject, "this machine's own");

        var shared = new DatabaseClock(clock);
        await shared.ReadAsync(database, ct);
        var ahead = shared.MachineAhead;
        return ahead.Duration() <= ClockReading.WorthAWarning
            ? Finding.Right(Subject, "this machine's and the database's agree")
            : Finding.Doubtful(Subject, string.Create(CultureInfo.InvariantCulture, $"This machine's clock is {ahead.TotalSeconds:0.0} s ahead of the database's (negative: behind)."), "Set both right with NTP.");
    }

    private Finding AwayOrRefusing(Exception fault)
    {
        const string Subject = "database";
        var message = fault.GetBaseException().Message;
        return (UsesSqlite, Outage.Of(fault)) switch
        {
            (true, _) => Finding.Wrong(Subject, $"{SqliteFile} can't be read: {message}", "See that it is whole, and that this account may write it; else restore it from your backup."),
            (false, { } outage) => Finding.Wrong(Subject, $"{outage.What}. {outage.Detail}", outage.Fix),
            (false, null) => Finding.Wrong(Subject, $"It refuses what a server asks of it: {message}", "Check that database.postgres names the right database and account."),
        };
    }

    private Finding CheckCertificate()
    {
        const string Subject = "certificate";
        if (LocalAuthority.IsNeeded(tls, listen))
        {
            var origin = $"from our own authority in {authority.Folder}";
            return authority.FindForeignName() is not { } foreign
                ? Finding.Right(Subject, origin)
                : Finding.Doubtful(Subject, $"{origin}, which may not sign for {foreign}", "The next start makes a new authority: whoever trusts this one has to be given the new one.");
        }

        if (tls is not { CertificateFile: { } certificateFile, KeyFile: { } keyFile }) return Finding.Right(Subject, "none needed: a proxy ends TLS");

        // That the two belong together is a rule of the configuration.
        using var leaf = PemPair.Read(certificateFile, keyFile).ToCertificate().Leaf;
        var (now, from, until) = (clock.GetUtcNow().UtcDateTime, leaf.NotBefore.ToUniversalTime(), leaf.NotAfter.ToUniversalTime());
        if (now > until) return Finding.Wrong(Subject, $"{certificateFile} expired at {Moment(until)}.", "Renew it; the server takes the new file by itself.");
        if (now < from) return Finding.Wrong(Subject, $"{certificateFile} is not valid before {Moment(from)}.", "Check this machine's clock, or use the certificate from then on.");

        var host = issuer.Uri.IdnHost;
        var name = leaf.MatchesHostname(host) ? $"for {host}" : $"not for {host}, which is right only behind a proxy";
        return Finding.Right(Subject, $"{certificateFile}, {name}, valid until {Moment(until)}");
    }

    private static string Moment(DateTime moment) => moment.ToString("u", CultureInfo.InvariantCulture);
}
