using KubeIdP.Connectors.Ldap;
using KubeIdP.Connectors.Tests.Directories;
using KubeIdP.Testing.Conformance;

namespace KubeIdP.Connectors.Tests.Ldap;

public sealed class SlapdConformanceTests : RefreshConnectorConformance
{
    protected override async Task<IUpstream> OpenAsync(CancellationToken ct)
    {
        var slapd = await SharedDirectories.SlapdAsync();
        return new DirectoryUpstream(slapd, DirectoryUpstream.OptionsFor(slapd));
    }
}

public sealed class SlapdByMemberOfConformanceTests : RefreshConnectorConformance
{
    protected override async Task<IUpstream> OpenAsync(CancellationToken ct)
    {
        var slapd = await SharedDirectories.SlapdAsync();
        return new DirectoryUpstream(slapd, DirectoryUpstream.OptionsFor(slapd) with { Groups = new() { Source = GroupSource.MemberOf } });
    }
}

public sealed class SlapdByDirectBindConformanceTests : PasswordConnectorConformance
{
    protected override async Task<IUpstream> OpenAsync(CancellationToken ct)
    {
        var slapd = await SharedDirectories.SlapdAsync();
        return new DirectoryUpstream(slapd,
            DirectoryUpstream.OptionsFor(slapd) with { BindDn = null, BindPasswordFile = null,
                BindAs = $"uid={{username}},{slapd.PeopleDn}" });
    }
}

public sealed class Ds389ConformanceTests : RefreshConnectorConformance
{
    protected override async Task<IUpstream> OpenAsync(CancellationToken ct)
    {
        var ds = await SharedDirectories.Ds389Async();
        return new DirectoryUpstream(ds, DirectoryUpstream.OptionsFor(ds));
    }
}

public sealed class SambaConformanceTests : RefreshConnectorConformance
{
    protected override async Task<IUpstream> OpenAsync(CancellationToken ct)
    {
        var samba = await SharedDirectories.SambaAsync();
        return new DirectoryUpstream(samba, DirectoryUpstream.OptionsFor(samba));
    }
}

public sealed class SambaByChainConformanceTests : RefreshConnectorConformance
{
    protected override async Task<IUpstream> OpenAsync(CancellationToken ct)
    {
        var samba = await SharedDirectories.SambaAsync();
        return new DirectoryUpstream(samba, DirectoryUpstream.OptionsFor(samba) with { Groups = new() { Source = GroupSource.InChain } });
    }
}
