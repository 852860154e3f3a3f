namespace KubeIdP.Data.Forms;

/// <summary>A submitted form with its response, stored for a few minutes, so that a second click gets the response of the first.</summary>
public sealed class SentForm
{
    /// <summary>
    /// The form's own row, or one of <see cref="SentFormStore.SharedPlaces"/> rows that unauthenticated visitors share, so that they can't
    /// make the table grow.
    /// </summary>
    public required byte[] Id { get; init; }

    /// <summary>The digest of the form. It reveals neither the form nor the key of the response.</summary>
    public required byte[] Form { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The response, protected with a key that only the sender's browser has; null while the form is being processed.</summary>
    public byte[]? Answer { get; init; }
}
