namespace KubeIdP.Server.Accounts;

/// <summary>A local account to add.</summary>
/// <param name="Username">As Kubernetes sees it.</param>
/// <param name="Email">Null when none is known.</param>
/// <param name="Groups">The groups in the tokens.</param>
/// <param name="Password">Null: the person sets one with an invitation link.</param>
internal sealed record NewAccount(string Username, string? Email, IReadOnlyList<string> Groups, string? Password)
{
    /// <summary>The name that people read, the claim <c>name</c>; null for none.</summary>
    public string? DisplayName { get; init; }
}
