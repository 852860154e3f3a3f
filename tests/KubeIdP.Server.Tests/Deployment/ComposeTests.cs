using System.Text.RegularExpressions;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Processes;
using Xunit;
using YamlDotNet.Serialization;

namespace KubeIdP.Server.Tests.Deployment;

/// <summary>As much of the demonstration as needs no container engine: its files fit each other, this server and a real OpenLDAP.</summary>
public sealed class ComposeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string Configuration => File.ReadAllText(Repository.File("deploy/compose/kubeidp.yaml"));

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_a_service_mounts_or_builds_is_there_and_its_image_is_pinned()
    {
        var compose = new DeserializerBuilder()
            .Build().Deserialize<Dictionary<string, Dictionary<string, Dictionary<string, object>>>>(
                File.ReadAllText(Repository.File("docker-compose.yml")));
        var volumes = compose["volumes"].Keys;

        Assert.Equal(["database", "directory", "keys", "kubeidp"], compose["services"].Keys.Order());
        Assert.All(compose["services"], service =>
        {
            if (service.Value.TryGetValue("image", out var image)) Assert.Matches(@":\d", (string)image);
            else Assert.True(File.Exists(Repository.File((string)((Dictionary<object, object>)service.Value["build"])["dockerfile"])));

            foreach (var source in ((IEnumerable<object>)service.Value.GetValueOrDefault("volumes", Array.Empty<object>()))
                .Select(volume => ((string)volume).Split(':')[0]))
                Assert.True(source.StartsWith("./", StringComparison.Ordinal)
                    ? File.Exists(Repository.File(source))
                    : volumes.Contains(source), source);
        });
    }

    [Fact]
    public void Its_configuration_is_one_that_this_server_takes()
    {
        folder.Write("kubeidp.yaml", Configuration.Replace("/keys/", $"{folder.Path}/", StringComparison.Ordinal));
        folder.Write("database", "x");
        folder.Write("master.key", "x");

        var settings = Assert.IsType<SettingsAnswer.Usable>(SettingsLoader.Load(null, folder.Path, [])).Settings;

        Assert.Equal("https://localhost:8443", settings.Issuer);
    }

    [Fact]
    public async Task Its_people_sign_in_by_a_real_OpenLDAP()
    {
        await using var slapd = await Slapd.StartNewAsync(Ct);
        var people = File.ReadAllText(Repository.File("deploy/compose/people.ldif"))
            .Replace("dc=example,dc=com", slapd.BaseDn, StringComparison.Ordinal);
        await slapd.LoadAsync(folder.Write("people.ldif", Regex.Replace(people, @"dn: ou=(?:.+\n)+\n", "")), Ct);

        var directories = Regex.Match(Configuration, @"^upstreams:\n(?:.|\n)*$", RegexOptions.Multiline).Value
            .Replace("ldap://directory", $"ldap://127.0.0.1:{slapd.Port}", StringComparison.Ordinal)
            .Replace("cn=admin,dc=example,dc=com", slapd.ReaderDn, StringComparison.Ordinal)
            .Replace("admin-of-the-demo", slapd.ReaderPassword, StringComparison.Ordinal)
            .Replace("dc=example,dc=com", slapd.BaseDn, StringComparison.Ordinal);
        await using var issuer = new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\n{directories}");
        (await issuer.RunAsync(["migrate"], ct: Ct)).Succeeded();

        var shown = (await issuer.RunAsync(["upstream", "test", "alice"], ct: Ct)).Succeeded().Output;

        Assert.Contains("alice@example.com", shown, StringComparison.Ordinal);
        Assert.Contains("developers", shown, StringComparison.Ordinal);
        Assert.Contains("platform", shown, StringComparison.Ordinal);
    }
}
