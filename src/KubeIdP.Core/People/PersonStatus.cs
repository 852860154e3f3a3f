namespace KubeIdP.Core.People;

/// <summary>The status of a person.</summary>
public enum PersonStatus
{
    Active,

    /// <summary>No second factor yet.</summary>
    NotEnrolled,

    /// <summary>No password yet, but an invitation link to choose one.</summary>
    Invited,

    Disabled,
    Removed,
}
