namespace KubeIdP.Data.People;

/// <summary>What came of an administrator's change to a person.</summary>
public enum PersonChange
{
    Done,

    /// <summary>There is no such person, or they have been removed.</summary>
    NotFound,

    /// <summary>The account is another upstream's, and so is what was to be changed.</summary>
    NotLocal,

    /// <summary>Not while the person is disabled.</summary>
    Disabled,

    /// <summary>It was so already; nothing was written.</summary>
    NothingToDo,

    /// <summary>Nobody could administer any more.</summary>
    LastAdministrator,
}
