namespace KubeIdP.Core.Upstreams;

public enum UpstreamServerState
{
    Answering,

    /// <summary>It failed when it was last asked: others are asked before it.</summary>
    Failing,

    /// <summary>It has failed again and again, or does not let our own account in: for a while nobody asks it at all.</summary>
    Resting,
}
