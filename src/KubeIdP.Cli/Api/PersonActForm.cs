using System.Text.Json;

namespace KubeIdP.Cli.Api;

/// <summary>An act as its callers see it: what the API takes and answers, and what commands say.</summary>
/// <param name="Act">The act.</param>
/// <param name="Done">What has happened, given the user name.</param>
internal sealed record PersonActForm(PersonAct Act, Func<string, string> Done)
{
    /// <summary>The name of the command, and in the log, such as <c>reset-factors</c>.</summary>
    public string Name { get; } = JsonNamingPolicy.KebabCaseLower.ConvertName($"{Act}");

    /// <summary>The name in the address of the page and in the path of the API: what the act replaces, or its own name.</summary>
    public string Path => Argument?.Path ?? Name;

    /// <summary>What it replaces; null for acts that need only a reason. An act with an argument issues no secret.</summary>
    public PersonActArgument? Argument { get; init; }

    /// <summary>A sentence for the OpenAPI document and <c>--help</c>.</summary>
    public required string Summary { get; init; }

    /// <summary>Why nothing had to be changed, given the user name; null for acts that always change something.</summary>
    public Func<string, string>? Unchanged { get; init; }

    /// <summary>Whether it ends sessions, so that the reason can be shown to the person.</summary>
    public bool EndsSessions { get; init; }

    /// <summary>The kind of secret that it issues; null for none.</summary>
    public IssuedSecretKind? Issues { get; init; }
}
