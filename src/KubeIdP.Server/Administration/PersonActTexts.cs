namespace KubeIdP.Server.Administration;

/// <summary>What an administrator reads about a <see cref="PersonAct"/> and one person, on pages and from commands.</summary>
/// <param name="Button">A few words, the same on the person's page and on the button that does it.</param>
/// <param name="Before">What will happen.</param>
/// <param name="Done">What has happened.</param>
/// <param name="Unchanged">Why nothing had to; null where it always has to.</param>
internal sealed record PersonActTexts(string Button, string Before, string Done, string? Unchanged = null);
