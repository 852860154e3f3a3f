using System.Diagnostics;
using KubeIdP.Testing.Processes;

namespace KubeIdP.Testing.Directories;

/// <summary>
/// A real directory server with TLS, people, groups and an account that may read them all, and what an administrator does to it. A person's
/// entry is <see cref="PersonDn"/> of the name; all of them are below <see cref="PeopleDn"/>, or <see cref="OtherPeopleDn"/> once moved.
/// </summary>
public abstract class TestDirectory : IAsyncDisposable
{
    private readonly Daemon daemon;

    private protected TestDirectory(Daemon daemon) => this.daemon = daemon;

    public abstract string Host { get; }

    public abstract int Port { get; }

    public abstract int TlsPort { get; }

    /// <summary>The PEM file of the authority that signed the server's certificate.</summary>
    public abstract string AuthorityFile { get; }

    public abstract string BaseDn { get; }

    public string PeopleDn => $"ou=people,{BaseDn}";

    public string OtherPeopleDn => $"ou=moved,{BaseDn}";

    public string GroupsDn => $"ou=groups,{BaseDn}";

    /// <summary>The account that searches.</summary>
    public abstract string ReaderDn { get; }

    public abstract string ReaderPassword { get; }

    public abstract string PersonDn(string name);

    public string GroupDn(string name) => $"cn={name},{GroupsDn}";

    /// <summary>Everything that the server has written down.</summary>
    public string Log => File.ReadAllText(daemon.LogFile);

    public abstract Task AddPersonAsync(string name, string password, CancellationToken ct);

    public abstract Task SetPasswordAsync(string name, string password, CancellationToken ct);

    public abstract Task DisableAsync(string name, CancellationToken ct);

    public abstract Task EnableAsync(string name, CancellationToken ct);

    /// <summary>Gives a person another name to sign in with. The entry is another one by name, and the same by its immutable id.</summary>
    public abstract Task RenameAsync(string name, string newName, CancellationToken ct);

    /// <param name="members">DNs of people and of other groups.</param>
    public abstract Task AddGroupAsync(string name, IEnumerable<string> members, CancellationToken ct);

    public Task MoveAsync(string name, CancellationToken ct)
    {
        var dn = PersonDn(name);
        return ChangeAsync(new Ldif().Rename(dn, dn[..dn.IndexOf(',', StringComparison.Ordinal)], OtherPeopleDn), ct);
    }

    public Task DeleteAsync(string dn, CancellationToken ct) => ChangeAsync(new Ldif().Delete(dn), ct);

    public Task AddMemberAsync(string group, string memberDn, CancellationToken ct) =>
        ChangeAsync(new Ldif().Modify(GroupDn(group), "add", "member", memberDn), ct);

    public Task RemoveMemberAsync(string group, string memberDn, CancellationToken ct) =>
        ChangeAsync(new Ldif().Modify(GroupDn(group), "delete", "member", memberDn), ct);

    /// <summary>Does anything, as the directory's administrator.</summary>
    public abstract Task ChangeAsync(Ldif changes, CancellationToken ct);

    /// <summary>Ends the server as a crash would; what was answered is kept.</summary>
    public Task StopAsync() => daemon.StopAsync();

    public Task StartAsync(CancellationToken ct) => daemon.StartAsync(ct);

    public async Task RestartAsync(CancellationToken ct)
    {
        await StopAsync();
        await StartAsync(ct);
    }

    /// <summary>It no longer answers, and keeps its connections.</summary>
    public Task PauseAsync(CancellationToken ct) => daemon.PauseAsync(ct);

    public Task ResumeAsync(CancellationToken ct) => daemon.ResumeAsync(ct);

    public virtual async ValueTask DisposeAsync()
    {
        await daemon.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected async Task ChangeAsync(string url, string administratorDn, string password, Ldif changes, CancellationToken ct)
    {
        var start = new ProcessStartInfo("ldapmodify", ["-H", url, "-x", "-D", administratorDn, "-w", password]);
        start.Environment["LDAPTLS_CACERT"] = AuthorityFile;
        start.Environment["LDAPNOINIT"] = null;
        (await Programs.RunAsync(start, changes.ToString(), ct)).Succeeded();
    }
}
