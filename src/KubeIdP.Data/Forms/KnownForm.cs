namespace KubeIdP.Data.Forms;

/// <summary>What is stored about a form that was submitted before.</summary>
/// <param name="Answer">Null: it is being worked on.</param>
public sealed record KnownForm(byte[]? Answer);
