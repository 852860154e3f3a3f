namespace KubeIdP.Connectors;

/// <summary>One thing that is wrong with a connector's options. Never carries a secret.</summary>
/// <param name="Key">Below the connector's own key and as the file spells it, such as <c>users.filter</c>.</param>
/// <param name="What">What is wrong there, as a sentence.</param>
/// <param name="Fix">What to do about it, as a sentence.</param>
public sealed record OptionFault(string Key, string What, string Fix);
