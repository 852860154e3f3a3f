namespace KubeIdP.Server.Administration;

/// <summary>The outcome of ending a session, or one of its grants.</summary>
internal enum SessionEndOutcome
{
    Ended,
    OverAlready,
    NotFound,
}
