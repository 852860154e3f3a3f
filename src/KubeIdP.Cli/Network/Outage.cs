namespace KubeIdP.Cli.Network;

/// <summary>
/// The issuer did not answer, or something else did. This says nothing about the person: nothing is forgotten, and nobody is asked to sign
/// in.
/// </summary>
/// <param name="isElsewhere">Whether something answers there that is not this endpoint, so that discovery must be read again.</param>
internal sealed class Outage(string message, bool isElsewhere = false) : CommandFault(message)
{
    public bool IsElsewhere => isElsewhere;
}
