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

    /// <summary>From what was typed or sent: without the spaces around each text but the password.</summary>
    public static NewAccount Typed(
        string? username, string? email, IReadOnlyList<string> groups, string? password, string? displayName) =>
        new(username?.Trim() ?? "", TextOrNull(email), groups, password) { DisplayName = TextOrNull(displayName) };

    /// <summary>An optional text as it was typed, without the spaces around it; null if there is nothing else.</summary>
    public static string? TextOrNull(string? typed) => string.IsNullOrWhiteSpace(typed) ? null : typed.Trim();
}
