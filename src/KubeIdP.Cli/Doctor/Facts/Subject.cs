using KubeIdP.Cli.Doctor.Kubeconfigs;

namespace KubeIdP.Cli.Doctor.Facts;

/// <summary>What is looked at: a cluster as the kubeconfig describes it, or an issuer alone.</summary>
/// <param name="Issuer">As the plugin has it, byte for byte.</param>
/// <param name="ExpectedIssuer">The value of <c>--issuer</c>; null without one.</param>
/// <param name="ClientId">The cluster; null for the issuer alone.</param>
/// <param name="Context">The name of the context; null without a kubeconfig.</param>
/// <param name="Plugin">Null without a kubeconfig.</param>
/// <param name="Disagreements">Where two kubeconfigs differ about it.</param>
internal sealed record Subject(
    string Issuer, string? ExpectedIssuer, string? ClientId, string? Context, PluginCall? Plugin,
    IReadOnlyList<Disagreement> Disagreements);
