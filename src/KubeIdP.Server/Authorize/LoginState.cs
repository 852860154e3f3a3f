namespace KubeIdP.Server.Authorize;

/// <summary>
/// One request's way through the pages, as far as it has come. It lives at the browser that asked and nowhere else (<see cref="LoginCookies"/>): for a stranger
/// nothing is stored. What must not be replayed is on the person's row, under <see cref="FirstProof.FactorEpoch"/>.
/// </summary>
internal sealed record LoginState
{
    /// <summary>The request, protected. It is in the address of each page as <c>?login=</c>, and in no cookie.</summary>
    public required string Id { get; init; }

    /// <summary>Tells this login from the browser's others; hexadecimal.</summary>
    public string Key { get; init; } = "";

    /// <summary>Which of our endpoints asked and decides what comes next: the authorization endpoint, or <see cref="SignInEndpoint"/> for our own pages.</summary>
    public required string Endpoint { get; init; }

    /// <summary>The request to go on with, as its query string, beginning with "?".</summary>
    public required string Query { get; init; }

    /// <summary>Null when the person is on the way to our own pages.</summary>
    public string? ClientId { get; init; }

    /// <summary>The client's name, for the person to read; null on the way to our own pages.</summary>
    public string? Destination { get; init; }

    /// <summary>The origin that the code will go to; null for our own pages. Chromium checks it against the form-action of every page on the way.</summary>
    public string? RedirectOrigin { get; init; }

    public string? LoginHint { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Null until somebody has proven who they are.</summary>
    public FirstProof? FirstProof { get; init; }

    /// <summary>The name of the second factor's <see cref="Core.Factors.FactorKind"/>; null until it is proven.</summary>
    public string? ProvenFactor { get; init; }

    /// <summary>A factor shown to the person and not confirmed yet, with the enrolment code that allowed it.</summary>
    public PendingEnrolment? Enrolment { get; init; }

    /// <summary>The session that the person chose to go on with for this request.</summary>
    public string? ContinuedSession { get; init; }

    /// <summary>The person who agreed that the client gets their data. It counts for this request alone: nothing remembers it.</summary>
    public string? ConsentedBy { get; init; }

    /// <summary>Somebody did not agree; then nobody can for this request.</summary>
    public bool ConsentRefused { get; init; }

    /// <summary>The person asked for another account than the session's.</summary>
    public bool SwitchAccount { get; init; }

    /// <summary>A page of this login.</summary>
    public string AddressOf(string page) => $"~/{page}?{AuthorizeEndpoint.LoginParameter}={Id}";

    /// <summary>Where the browser goes after each step: back to the one place that decides what comes next. "~" is the issuer's path.</summary>
    public string ReturnUrl => $"~{Endpoint}?{AuthorizeEndpoint.LoginParameter}={Id}";
}

/// <summary>A factor that somebody sets up, before its first answer was right.</summary>
/// <param name="Kind">The name of its <see cref="Core.Factors.FactorKind"/>.</param>
/// <param name="State">What the kind has begun with, in the kind's own form.</param>
internal sealed record PendingFactor(string Kind, string State);

/// <param name="EnrolmentCodeHash">Null when none was needed, because enrolment is open.</param>
internal sealed record PendingEnrolment(PendingFactor Factor, byte[]? EnrolmentCodeHash);
