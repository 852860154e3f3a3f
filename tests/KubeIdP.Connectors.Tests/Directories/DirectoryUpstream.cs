using KubeIdP.Connectors.Ldap;
using KubeIdP.Core.Upstreams;
using KubeIdP.Testing.Conformance;

namespace KubeIdP.Connectors.Tests.Directories;

/// <summary>A real directory and a connector over it.</summary>
internal sealed class DirectoryUpstream(TestDirectory directory, LdapOptions options) : IUpstream
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly IPasswordConnector connector = LdapConnector.Create(new ConnectorId("corp"), options, [], TimeProvider.System);

    public IConnector Connector => connector;

    /// <summary>What an administrator would write for this directory, with the timeouts that a busy machine needs.</summary>
    public static LdapOptions OptionsFor(TestDirectory directory)
    {
        var passwordFile = Path.Combine(Path.GetDirectoryName(directory.AuthorityFile)!, $"reader-password-{Guid.NewGuid():N}");
        File.WriteAllText(passwordFile, directory.ReaderPassword + "\n");
        return new LdapOptions
        {
            Kind = directory is SambaDomain ? UpstreamKind.ActiveDirectory : UpstreamKind.Ldap,
            Servers = [$"ldaps://{directory.Host}:{directory.TlsPort}"],
            CaFile = directory.AuthorityFile,
            BindDn = directory.ReaderDn,
            BindPasswordFile = passwordFile,
            Users = new() { Base = directory.BaseDn, Id = directory is Ds389 ? "nsUniqueId" : null },
            Times = new() { Connect = Timeout, Bind = Timeout, Search = Timeout, Whole = Timeout },
        };
    }

    public Task AddPersonAsync(string name, string password, CancellationToken ct) => directory.AddPersonAsync(name, password, ct);

    public Task AddGroupAsync(string name, IReadOnlyList<string> people, CancellationToken ct) =>
        directory.AddGroupAsync(name, people.Select(directory.PersonDn), ct);

    // groupOfNames can't be empty.
    public async Task LeaveGroupAsync(string name, string person, CancellationToken ct)
    {
        if (directory is Slapd) await directory.AddMemberAsync(name, directory.ReaderDn, ct);
        await directory.RemoveMemberAsync(name, directory.PersonDn(person), ct);
    }

    public Task DisableAsync(string name, CancellationToken ct) => directory.DisableAsync(name, ct);

    public Task RenameAsync(string name, string newName, CancellationToken ct) => directory.RenameAsync(name, newName, ct);

    public Task DeleteAsync(string name, CancellationToken ct) => directory.DeleteAsync(directory.PersonDn(name), ct);

    public async ValueTask DisposeAsync() => await ((IAsyncDisposable)connector).DisposeAsync();
}
