namespace KubeIdP.Core.Factors;

/// <summary>
/// A kind of factor, with what tokens, reports and the login need to know of it. The closed list of them is <see cref="All"/>.
/// </summary>
public sealed class FactorKind
{
    private FactorKind(string name, params IReadOnlyList<string> methods) => (Name, Methods) = (name, methods);

    /// <summary>An authenticator app (RFC 6238).</summary>
    public static FactorKind Totp { get; } = new("totp", AuthenticationMethods.OneTimePassword) { CanBeFirst = true };

    /// <summary>One of the codes that a person keeps on paper. RFC 8176 has no name for it, but it is a one-time password.</summary>
    public static FactorKind RecoveryCode { get; } = new("recovery-code", AuthenticationMethods.OneTimePassword);

    /// <summary>In the order in which a person who has several is asked for them: what is worth more comes first.</summary>
    public static IReadOnlyList<FactorKind> All { get; } = [Totp, RecoveryCode];

    /// <summary>As the database and the audit log name it.</summary>
    public string Name { get; }

    /// <summary>The <c>amr</c> values (RFC 8176) that proving it adds to a session.</summary>
    public IReadOnlyList<string> Methods { get; }

    /// <summary>Whether a forged page can't ask for it.</summary>
    public bool ResistsPhishing { get; private init; }

    /// <summary>
    /// Whether a person can set it up as their first factor. A kind of which this is false only stands in for others, and alone counts
    /// as none.
    /// </summary>
    public bool CanBeFirst { get; private init; }

    /// <exception cref="ArgumentException">There is no such kind.</exception>
    public static FactorKind Of(string name) =>
        All.FirstOrDefault(kind => kind.Name == name)
            ?? throw new ArgumentException($"There is no kind of factor \"{name}\".", nameof(name));

    public override string ToString() => Name;
}
