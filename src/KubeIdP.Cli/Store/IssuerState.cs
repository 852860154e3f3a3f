using System.Text.Json.Serialization.Metadata;
using KubeIdP.Cli.Network;

namespace KubeIdP.Cli.Store;

/// <summary>
/// What this machine knows of one issuer, with one certificate authority: a folder with the login, the endpoints, and a file for each
/// cluster. What is of another issuer is treated as absent. Reading needs no lock, because files are replaced whole.
/// </summary>
internal sealed class IssuerState
{
    private readonly string home;

    private IssuerState(string home, string folderName, string issuer)
    {
        this.home = home;
        FolderName = folderName;
        Folder = Path.Combine(home, folderName);
        Issuer = issuer;
    }

    public string Issuer { get; }

    public string Folder { get; }

    public string FolderName { get; }

    private string SessionPath => Path.Combine(Folder, "session.json");

    private string ProviderPath => Path.Combine(Folder, "provider.json");

    /// <summary>The state of an issuer and a certificate authority.</summary>
    public static IssuerState Of(string home, string issuer, CertificateAuthority? authority) =>
        new(home, StateHome.FolderOf(issuer, authority?.Fingerprint), issuer);

    /// <summary>That of the last login; null if nobody has signed in yet, or has signed out.</summary>
    public static IssuerState? Default(string home) =>
        StateFile.Read(DefaultPath(home), StoreJson.Default.DefaultRecord)
            is { Version: DefaultRecord.CurrentVersion, Issuer: { Length: > 0 } issuer, Folder: { Length: > 0 } folder }
            && Path.GetFileName(folder) == folder && folder is not ("." or "..")
            ? new IssuerState(home, folder, issuer)
            : null;

    /// <summary>
    /// Those of all issuers of which something is stored, also where it is damaged: then the issuer is what the other files of the folder
    /// name, or empty.
    /// </summary>
    public static IReadOnlyList<IssuerState> All(string home) => !Directory.Exists(home) ? [] :
    [
        .. from folder in Directory.EnumerateDirectories(home).Order(StringComparer.Ordinal)
           where Directory.EnumerateFiles(folder).Any(file => !IsLock(file))
           select new IssuerState(home, Path.GetFileName(folder), IssuerIn(folder)),
    ];

    /// <summary>Whether a folder is there, with whatever in it.</summary>
    public bool Exists => Directory.Exists(Folder);

    /// <summary>Whether there is a login, readable or not.</summary>
    public bool HasSession => File.Exists(SessionPath);

    /// <summary>Whether there is a login or a token, readable or not.</summary>
    public bool HasTokens => HasSession || (Exists && ClusterFiles(Folder).Any());

    /// <summary>
    /// The tokens of clusters that can be read and belong to no login that is stored, so that ending it does not end them.
    /// </summary>
    public IReadOnlyList<ClusterRecord> StrayClusters(SessionRecord? session) => !Exists ? [] :
    [
        .. from file in ClusterFiles(Folder)
           let record = ReadIfUsable(file)
           where record is not null && record.Issuer == Issuer && (session?.Self is null || record.Login != session.Login)
           select record,
    ];

    /// <summary>Makes the folders, before anything is locked or written.</summary>
    public void Prepare()
    {
        StateFile.PrepareFolder(home);
        StateFile.PrepareFolder(Folder);
    }

    public SessionRecord? ReadSession() =>
        StateFile.Read(SessionPath, StoreJson.Default.SessionRecord) is { Version: SessionRecord.CurrentVersion } record
            && record.Issuer == Issuer && record.IsPossible ? record : null;

    /// <summary>Under the lock of the session.</summary>
    public void WriteSession(SessionRecord record) => StateFile.Write(SessionPath, record, StoreJson.Default.SessionRecord);

    /// <summary>Null also for that of another login.</summary>
    public ClusterRecord? ReadCluster(string cluster, SessionRecord? session) =>
        session is not null
            && StateFile.Read(PathOf(cluster, ".json"), StoreJson.Default.ClusterRecord) is { Version: ClusterRecord.CurrentVersion } record
            && record.Issuer == Issuer && record.Cluster == cluster && record.Login == session.Login
            && record.Life.IsPossible ? record : null;

    /// <summary>Under the lock of the cluster.</summary>
    public void WriteCluster(ClusterRecord record) =>
        StateFile.Write(PathOf(record.Cluster, ".json"), record, StoreJson.Default.ClusterRecord);

    /// <summary>Under the lock of the cluster.</summary>
    public void DeleteCluster(string cluster) => StateFile.Delete(PathOf(cluster, ".json"));

    public Provider? ReadProvider() =>
        StateFile.Read(ProviderPath, StoreJson.Default.Provider) is { } provider && provider.Issuer == Issuer ? provider : null;

    public void WriteProvider(Provider provider) => StateFile.Write(ProviderPath, provider, StoreJson.Default.Provider, durable: false);

    public void DeleteProvider() => StateFile.Delete(ProviderPath);

    /// <summary>Makes it the default of all verbs.</summary>
    public void MakeDefault() => StateFile.Write(
        DefaultPath(home), new DefaultRecord(DefaultRecord.CurrentVersion, Issuer, FolderName), StoreJson.Default.DefaultRecord);

    /// <inheritdoc cref="FileLock.AcquireAsync"/>
    public Task<FileLock?> LockSessionAsync(
        string purpose, Func<bool> isNeedless, Action<string> say, TimeProvider clock, CancellationToken ct) =>
        FileLock.AcquireAsync(Path.Combine(Folder, "session.lock"), purpose, isNeedless, say, clock, ct);

    /// <summary>Whoever needs this and the lock of the session takes this one first.</summary>
    /// <inheritdoc cref="FileLock.AcquireAsync"/>
    public Task<FileLock?> LockClusterAsync(
        string cluster, string purpose, Func<bool> isNeedless, Action<string> say, TimeProvider clock, CancellationToken ct) =>
        FileLock.AcquireAsync(PathOf(cluster, ".lock"), purpose, isNeedless, say, clock, ct);

    /// <summary>To whom the current token of a cluster was handed out; a line each.</summary>
    public string ServedPath(string cluster) => PathOf(cluster, ".served");

    /// <summary>Deletes the tokens of all clusters, which an earlier login left. Under the lock of the session.</summary>
    public void DeleteClusters()
    {
        foreach (var file in Directory.EnumerateFiles(Folder, "cluster-*").Where(file => !IsLock(file))) StateFile.Delete(file);
    }

    /// <summary>Deletes all but the locks. Under the lock of the session.</summary>
    public void DeleteAll()
    {
        StateFile.Delete(SessionPath);
        foreach (var file in Directory.EnumerateFiles(Folder).Where(file => !IsLock(file))) StateFile.Delete(file);
        if (Default(home)?.FolderName == FolderName) StateFile.Delete(DefaultPath(home));
    }

    private static string IssuerIn(string folder)
    {
        var named = ReadOrNull(Path.Combine(folder, "session.json"), StoreJson.Default.SessionRecord)?.Issuer
            ?? ReadOrNull(Path.Combine(folder, "provider.json"), StoreJson.Default.Provider)?.Issuer
            ?? ClusterFiles(folder).Select(ReadIfUsable).OfType<ClusterRecord>().FirstOrDefault()?.Issuer;
        return Uri.TryCreate(named, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps ? named! : "";
    }

    private static IEnumerable<string> ClusterFiles(string folder) =>
        Directory.EnumerateFiles(folder, "cluster-*.json").Where(file => !IsLock(file)).Order(StringComparer.Ordinal);

    private static ClusterRecord? ReadIfUsable(string file) => ReadOrNull(file, StoreJson.Default.ClusterRecord);

    /// <summary>Null also for what can't be read at all.</summary>
    private static T? ReadOrNull<T>(string path, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return StateFile.Read(path, type);
        }
        catch (StateFault)
        {
            return null;
        }
    }

    private static bool IsLock(string file) =>
        file.EndsWith(".lock", StringComparison.Ordinal) || file.EndsWith(".lock.json", StringComparison.Ordinal);

    private static string DefaultPath(string home) => Path.Combine(home, "default.json");

    private string PathOf(string cluster, string ending) => Path.Combine(Folder, StateHome.FileOf(cluster) + ending);
}
