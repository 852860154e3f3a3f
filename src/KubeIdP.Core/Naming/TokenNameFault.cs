namespace KubeIdP.Core.Naming;

/// <summary>Why a name may not stand in a token.</summary>
public enum TokenNameFault
{
    Empty,

    /// <summary>Longer than <see cref="TokenName.MaxLength"/>.</summary>
    TooLong,

    /// <summary>It begins with "system:", which Kubernetes reserves for itself.</summary>
    Reserved,

    /// <summary>It begins or ends with a space.</summary>
    OuterSpace,

    /// <summary>It holds something that can't be seen or turns the reading direction, or a blank that is no ordinary space.</summary>
    ControlCharacter,
}
