namespace KubeIdP.Data.Forms;

/// <summary>A form that somebody has sent, kept for a few minutes with what it was answered: a second click gets the answer of the first.</summary>
public sealed class SentForm
{
    /// <summary>The form's own place, or one of <see cref="SentFormStore.SharedPlaces"/> that strangers share, so that they can't make the table grow.</summary>
    public required byte[] Id { get; init; }

    /// <summary>Which form it is: a digest, from which neither the form nor the key to its answer follows.</summary>
    public required byte[] Form { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Protected with what only the sender's browser has; null while the first is being worked on.</summary>
    public byte[]? Answer { get; init; }
}
