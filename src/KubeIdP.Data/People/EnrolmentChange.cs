namespace KubeIdP.Data.People;

/// <summary>What came of offering an enrolment code.</summary>
public enum EnrolmentChange
{
    Done,

    /// <summary>There is a factor already: a further one is added by the person, a new first one after a reset.</summary>
    HasFactor,

    /// <summary>The person is disabled or removed.</summary>
    Barred,
}
