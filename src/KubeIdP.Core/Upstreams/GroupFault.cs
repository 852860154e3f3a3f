namespace KubeIdP.Core.Upstreams;

/// <summary>Why a group is left out of tokens.</summary>
public enum GroupFault
{
    /// <summary>It has no name that the service account may read.</summary>
    Nameless,

    /// <summary>It has several names, and none of them is the one by which its entry is known.</summary>
    ManyNames,

    /// <summary>Its name is not text.</summary>
    NoText,

    /// <summary>Its name is not allowed in a token (<see cref="Naming.TokenName"/>).</summary>
    NotAllowed,

    /// <summary>Its name begins with the prefix of another upstream's groups.</summary>
    ForeignPrefix,

    /// <summary>Another group of the person has the same name in a token, which contains it once.</summary>
    SameName,
}
