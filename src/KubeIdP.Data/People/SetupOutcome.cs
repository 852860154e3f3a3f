namespace KubeIdP.Data.People;

/// <summary>The result of completing the setup.</summary>
public enum SetupOutcome
{
    Done,

    /// <summary>The link was used, replaced or has expired, or an administrator exists by now.</summary>
    LinkDead,

    /// <summary>The name is taken; the link is still valid.</summary>
    NameTaken,
}
