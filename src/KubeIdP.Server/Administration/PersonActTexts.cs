using KubeIdP.Cli.Api;

namespace KubeIdP.Server.Administration;

/// <summary>The texts about a <see cref="PersonAct"/> on one person, for pages and commands.</summary>
/// <param name="Button">A few words, for the link on the page of the person and for the button that performs the act.</param>
/// <param name="Before">What will happen.</param>
/// <param name="Done">What has happened.</param>
/// <param name="Unchanged">Why nothing had to be changed; null for acts that always change something.</param>
internal sealed record PersonActTexts(string Button, string Before, string Done, string? Unchanged = null)
{
    /// <summary>The label of the field for the argument; null for acts without one.</summary>
    public string? Field { get; init; }

    /// <summary>What to write into that field, beyond what its kind says; null when that is enough.</summary>
    public string? Hint { get; init; }
}
