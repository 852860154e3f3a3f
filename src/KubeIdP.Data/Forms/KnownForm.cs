namespace KubeIdP.Data.Forms;

/// <summary>What is known of a form that was sent before.</summary>
/// <param name="Answer">Null: it is being worked on.</param>
public sealed record KnownForm(byte[]? Answer);
