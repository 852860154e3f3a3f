namespace KubeIdP.Server.Keys;

/// <summary>The JWS algorithm of a client's ID tokens.</summary>
public enum SigningAlgorithm
{
    /// <summary>API servers that are configured by flags accept it by default.</summary>
    RS256,

    /// <summary>Smaller signatures, and far cheaper to sign; the API server must be configured to accept it.</summary>
    ES256,
}
