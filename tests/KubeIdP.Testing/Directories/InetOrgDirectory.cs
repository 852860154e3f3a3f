using KubeIdP.Testing.Processes;

namespace KubeIdP.Testing.Directories;

/// <summary>
/// A directory on 127.0.0.1 in which people are <c>inetOrgPerson</c> (RFC 2798), named by <c>uid</c>, and sign in with their
/// <c>userPassword</c>.
/// </summary>
public abstract class InetOrgDirectory : TestDirectory
{
    private protected const string Suffix = "dc=kube,dc=test";

    private protected InetOrgDirectory(Daemon daemon, string folder, int port, int tlsPort)
        : base(daemon) => (Folder, Port, TlsPort) = (folder, port, tlsPort);

    public override string Host => "127.0.0.1";

    public override int Port { get; }

    public override int TlsPort { get; }

    public override string AuthorityFile => $"{Folder}/ca.pem";

    public override string BaseDn => Suffix;

    public override string ReaderDn => $"cn=reader,{Suffix}";

    public override string ReaderPassword => "reader-password";

    /// <summary>Where everything of this server lies.</summary>
    private protected string Folder { get; }

    public override string PersonDn(string name) => $"uid={name},{PeopleDn}";

    public override Task AddPersonAsync(string name, string password, CancellationToken ct) => ChangeAsync(new Ldif().Add(
        PersonDn(name), ("objectClass", "inetOrgPerson"), ("uid", name), ("cn", $"{name} of the test"), ("sn", name),
        ("mail", $"{name}@kube.test"), ("userPassword", password)), ct);

    public override Task SetPasswordAsync(string name, string password, CancellationToken ct) =>
        ChangeAsync(new Ldif().Modify(PersonDn(name), "replace", "userPassword", password), ct);

    public override Task RenameAsync(string name, string newName, CancellationToken ct) =>
        ChangeAsync(new Ldif().Rename(PersonDn(name), $"uid={newName}"), ct);
}
