using KubeIdP.Core.Sessions;

namespace KubeIdP.Core.Factors;

/// <summary>
/// How a session came about: what was proven, as <c>amr</c> names it (RFC 8176) and in the order of the proofs, and the <c>acr</c> that
/// follows from it. The only place that composes either; a session keeps it as one text.
/// </summary>
public sealed class AuthenticationMethods
{
    /// <summary>The <c>amr</c> of a password.</summary>
    public const string Password = "pwd";

    /// <summary>The <c>amr</c> of a one-time password, of an app or from paper.</summary>
    public const string OneTimePassword = "otp";

    /// <summary>The <c>amr</c> that says that there were several proofs, and the <c>acr</c> of two factors.</summary>
    public const string MultiFactor = "mfa";

    /// <summary>The <c>acr</c> of two factors of which a forged page can't ask for one (OpenID EAP ACR Values).</summary>
    public const string PhishingResistant = "phr";

    private AuthenticationMethods(IReadOnlyList<string> amr) => Amr = amr;

    /// <summary>Each <c>acr</c> that a session can have here, the weakest first.</summary>
    public static IReadOnlyList<string> SupportedAcr { get; } =
        FactorKind.All.Any(kind => kind.ResistsPhishing) ? [MultiFactor, PhishingResistant] : [MultiFactor];

    /// <summary>Each name that a second factor can leave in an <c>amr</c>.</summary>
    public static IReadOnlyList<string> OfFactors { get; } =
        [.. FactorKind.All.SelectMany(kind => kind.Methods).Append(MultiFactor).Distinct()];

    public IReadOnlyList<string> Amr { get; }

    /// <summary>Null for a session without a second factor.</summary>
    public string? Acr =>
        !Amr.Contains(MultiFactor) ? null
        : FactorKind.All.Any(kind => kind.ResistsPhishing && kind.Methods.All(Amr.Contains)) ? PhishingResistant
        : MultiFactor;

    /// <summary>
    /// The <c>acr</c> of a session of this kind. A device code never resists phishing, whatever was proven in the browser that approved it:
    /// the code itself can be relayed to somebody who then proves it (RFC 8628 §5.4).
    /// </summary>
    public string? AcrIn(SessionKind kind) => kind is SessionKind.Device && Acr is PhishingResistant ? MultiFactor : Acr;

    /// <summary>A first proof, and a second factor after it.</summary>
    /// <param name="firstProof">
    /// The <c>amr</c> of the first proof; null: it was given at an upstream, and what it was is not known here.
    /// </param>
    /// <param name="factor">The kind of the second factor.</param>
    public static AuthenticationMethods Of(string? firstProof, FactorKind factor) => Parse(firstProof ?? "").With(factor);

    /// <summary>What <see cref="ToString"/> has written.</summary>
    public static AuthenticationMethods Parse(string stored) => new(stored.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The methods of a session in which another factor was proven: each name once, in the order of the proofs.</summary>
    public AuthenticationMethods With(FactorKind factor) =>
        new([.. Amr.Where(name => name != MultiFactor).Union(factor.Methods), MultiFactor]);

    /// <summary>Whether what was proven is worth at least as much as this <c>acr</c>; false for one that is not known here.</summary>
    public bool Reaches(string acr) => Acr is { } own && SupportedAcr.Contains(acr) && IndexOf(own) >= IndexOf(acr);

    /// <summary>As a session keeps it: the names of <see cref="Amr"/>, with a space between them.</summary>
    public override string ToString() => string.Join(' ', Amr);

    private static int IndexOf(string acr) => SupportedAcr.TakeWhile(supported => supported != acr).Count();
}
