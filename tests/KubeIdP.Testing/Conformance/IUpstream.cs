using KubeIdP.Core.Upstreams;

namespace KubeIdP.Testing.Conformance;

/// <summary>A place where accounts live, with the connector under test over it, and what an administrator does there.</summary>
public interface IUpstream : IAsyncDisposable
{
    IConnector Connector { get; }

    Task AddPersonAsync(string name, string password, CancellationToken ct);

    /// <summary>Makes a group of exactly these people.</summary>
    Task AddGroupAsync(string name, IReadOnlyList<string> people, CancellationToken ct);

    Task LeaveGroupAsync(string name, string person, CancellationToken ct);

    Task DisableAsync(string name, CancellationToken ct);

    Task RenameAsync(string name, string newName, CancellationToken ct);

    Task DeleteAsync(string name, CancellationToken ct);
}
