namespace KubeIdP.Core.Upstreams;

public enum UpstreamServerState
{
    Answering,

    /// <summary>It failed when it was last asked: other servers are asked before it.</summary>
    Failing,

    /// <summary>It has failed repeatedly, or refuses the service account: no request is sent to it for a while.</summary>
    Suspended,
}
