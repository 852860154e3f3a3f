namespace KubeIdP.Cli.Network;

/// <summary>What a token endpoint answered. That it did not is an <see cref="Outage"/>.</summary>
internal abstract record OAuthAnswer
{
    private OAuthAnswer()
    {
    }

    public sealed record Issued(TokenAnswer Tokens) : OAuthAnswer;

    /// <summary>The server has decided.</summary>
    /// <param name="Error">The registered name (RFC 6749 §5.2, RFC 8628 §3.5, RFC 8693 §2.2.2).</param>
    /// <param name="Sentence">For the person, with the server's reference.</param>
    public sealed record Refused(string Error, string Sentence) : OAuthAnswer
    {
        /// <summary>Whether the code or refresh token that was presented is over.</summary>
        public bool IsOver => Error is "invalid_grant";
    }
}

/// <summary>The tokens of an answer (RFC 6749 §5.1, RFC 8693 §2.2.1).</summary>
internal sealed record TokenAnswer
{
    public string? AccessToken { get; init; }

    public string? IssuedTokenType { get; init; }

    /// <summary>In seconds.</summary>
    public double? ExpiresIn { get; init; }

    public string? RefreshToken { get; init; }

    public string? IdToken { get; init; }
}

/// <summary>A refusal (RFC 6749 §5.2).</summary>
internal sealed record ErrorAnswer
{
    public string? Error { get; init; }

    public string? ErrorDescription { get; init; }
}

/// <summary>The answer of the device authorization endpoint (RFC 8628 §3.2); times in seconds.</summary>
internal sealed record DeviceAnswer
{
    public string? DeviceCode { get; init; }

    public string? UserCode { get; init; }

    public string? VerificationUri { get; init; }

    public double? ExpiresIn { get; init; }

    public double? Interval { get; init; }
}
