namespace KubeIdP.Server.Web;

/// <summary>
/// The exceptions in the content security policy of this response. Without it forms can only be sent to this server, and no script runs.
/// </summary>
/// <param name="FormAction">The allowed targets of forms.</param>
/// <param name="Script">The source of the scripts that may run; null: none.</param>
internal sealed record PagePolicy(string FormAction, string? Script = null);
