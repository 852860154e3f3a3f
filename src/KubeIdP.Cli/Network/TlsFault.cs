namespace KubeIdP.Cli.Network;

/// <summary>Why a certificate was refused.</summary>
/// <param name="AuthorityGiven">Whether the person or the kubeconfig names a certificate authority.</param>
/// <param name="Detail">As the platform says it.</param>
internal sealed record TlsFault(TlsFaultKind Kind, bool AuthorityGiven, DateTimeOffset NotBefore, DateTimeOffset NotAfter, string Detail);

internal enum TlsFaultKind
{
    /// <summary>Something that is not named here.</summary>
    Other,

    OtherName,

    /// <summary>Or not valid yet.</summary>
    Expired,

    UnknownAuthority,
}
