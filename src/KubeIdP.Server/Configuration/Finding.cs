using System.Text.Json.Serialization;

namespace KubeIdP.Server.Configuration;

/// <summary>One line of <c>check</c>.</summary>
/// <param name="Subject">What was checked, in a word or two.</param>
/// <param name="Ok">Whether the server works with it.</param>
/// <param name="What">What was found.</param>
/// <param name="Fix">
/// What to do about it, also if it works but is doubtful; null if nothing needs to be done, or if <paramref name="What"/> says it.
/// </param>
internal sealed record Finding(string Subject, bool Ok, string What, string? Fix)
{
    /// <summary>Whether it ends without a change to this server: a database that is away, or that another process migrates.</summary>
    [JsonIgnore]
    public bool MayPass { get; init; }

    public static Finding Right(string subject, string what) => new(subject, Ok: true, what, Fix: null);

    public static Finding Doubtful(string subject, string what, string fix) => new(subject, Ok: true, what, fix);

    public static Finding Wrong(string subject, string what, string? fix) => new(subject, Ok: false, what, fix);
}
