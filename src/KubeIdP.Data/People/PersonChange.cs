namespace KubeIdP.Data.People;

/// <summary>The result of an administrator's change to a person.</summary>
public enum PersonChange
{
    Done,

    /// <summary>There is no such person, or they were removed.</summary>
    NotFound,

    /// <summary>The account belongs to an upstream, which owns what was to be changed.</summary>
    NotLocal,

    /// <summary>The change is not possible while the person is disabled.</summary>
    Disabled,

    /// <summary>Nothing was to be changed, and nothing was written.</summary>
    NothingToDo,

    /// <summary>The change would leave no administrator.</summary>
    LastAdministrator,
}
