using KubeIdP.Core.Upstreams;
using KubeIdP.Ldap;

namespace KubeIdP.Connectors.Ldap;

/// <summary>The people whom a name means: more than one is a directory that contradicts itself.</summary>
/// <param name="Remark">That others have the name as well; null: nobody has.</param>
internal sealed record NamedPeople(IReadOnlyList<LdapEntry> Found, UpstreamRemark.NameShared? Remark = null)
{
    /// <summary>The answer together with what was seen on the way to it.</summary>
    public UpstreamAnswer With(UpstreamAnswer answer) => Remark is null ? answer : answer with { Remarks = [.. answer.Remarks, Remark] };

    /// <summary>When it is not one.</summary>
    public UpstreamAnswer NotOne() => With(new UpstreamAnswer.Refused(Found.Count == 0 ? Refusal.Unknown : Refusal.Ambiguous));
}
