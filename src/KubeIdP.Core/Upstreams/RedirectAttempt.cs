namespace KubeIdP.Core.Upstreams;

/// <summary>One redirect of a browser to an upstream and back.</summary>
/// <param name="State">
/// Random, and new for each attempt: the upstream hands it back, so that an answer can be distinguished from one that an attacker injected.
/// </param>
/// <param name="Callback">
/// Where the upstream sends the browser back to: an address that no other upstream has, so that none can answer for another.
/// </param>
/// <param name="LoginHint">Whom the client expects, for the upstream to fill in; null: anybody.</param>
/// <param name="IsFresh">Whether the person must prove who they are again, even if they have a session at the upstream.</param>
public sealed record RedirectAttempt(string State, Uri Callback, string? LoginHint, bool IsFresh);
