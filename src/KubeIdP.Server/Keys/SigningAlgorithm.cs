namespace KubeIdP.Server.Keys;

/// <summary>The JWS algorithm of a client's ID tokens.</summary>
public enum SigningAlgorithm
{
    /// <summary>What an API server configured by flags accepts without being told.</summary>
    RS256,

    /// <summary>Smaller and far cheaper to sign; the API server must list it.</summary>
    ES256,
}
