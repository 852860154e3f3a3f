namespace KubeIdP.Connectors.Ldap;

/// <summary>One login or look-up under way. All that is asked for it shares one time limit.</summary>
/// <param name="Caller">Who leaves; that says nothing about the directory.</param>
/// <param name="Within">Ends with the caller, and with the time for the whole.</param>
internal readonly record struct TimedRequest(CancellationToken Caller, CancellationToken Within);
