namespace KubeIdP.Server.Administration;

/// <summary>The role of a person on the administration pages.</summary>
internal enum AdminRole
{
    None,

    /// <summary>Can see everything, but can't change anything.</summary>
    Auditor,

    Administrator,
}
