namespace KubeIdP.Data.People;

/// <summary>The result of offering an enrolment code.</summary>
public enum EnrolmentChange
{
    Done,

    /// <summary>The person already has a factor: they add further ones themselves, and a new first one needs a reset.</summary>
    HasFactor,

    /// <summary>The person is disabled or removed.</summary>
    Barred,
}
