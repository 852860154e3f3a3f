using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using KubeIdP.Core.Files;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Runtime;
using KubeIdP.Server.Storage;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Processes;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Keys;

public sealed class MasterKeyTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static MasterKey NewKey() => new(RandomNumberGenerator.GetBytes(32));

    private static byte[] Secret => Encoding.UTF8.GetBytes("a secret");

    [Fact]
    public void A_wrapped_secret_comes_back_for_its_purpose_alone()
    {
        var key = NewKey();
        var wrapped = key.Wrap(Secret, "purpose");

        Assert.Equal(Secret, key.Unwrap(wrapped, "purpose"));
        Assert.Contains("damaged", Assert.Throws<CryptographicException>(() => key.Unwrap(wrapped, "other")).Message,
            StringComparison.Ordinal);
        Assert.NotEqual(wrapped, key.Wrap(Secret, "purpose"));
    }

    [Fact]
    public void Every_changed_byte_is_noticed()
    {
        var key = NewKey();
        var wrapped = key.Wrap(Secret, "purpose");

        for (var i = 0; i < wrapped.Length; i++)
        {
            var changed = wrapped.ToArray();
            changed[i] ^= 1;
            Assert.Throws<CryptographicException>(() => key.Unwrap(changed, "purpose"));
        }

        for (var length = 0; length < wrapped.Length; length++)
        {
            var cut = wrapped[..length];
            Assert.Throws<CryptographicException>(() => key.Unwrap(cut, "purpose"));
        }
    }

    [Fact]
    public void A_wrong_master_key_is_distinguished_from_a_damaged_value() =>
        Assert.StartsWith("Another master key",
            Assert.Throws<CryptographicException>(() => NewKey().Unwrap(NewKey().Wrap(Secret, "p"), "p")).Message,
            StringComparison.Ordinal);

    [Fact]
    public void The_first_start_makes_the_key_and_no_later_one_replaces_it()
    {
        var file = MasterKeyFile.Of(named: null, new DatabaseOptions(), folder.File("data"));
        var wrapped = MasterKey.LoadOrCreate(file).Wrap(Secret, "p");

        Assert.Equal(Secret, MasterKey.LoadOrCreate(file).Unwrap(wrapped, "p"));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(PrivateFiles.OwnerOnly, File.GetUnixFileMode(Path.Combine(folder.File("data"), MasterKey.FileName)));
    }

    [Fact]
    public async Task All_that_start_at_once_end_with_one_key()
    {
        var file = MasterKeyFile.Of(named: null, new DatabaseOptions(), folder.File("data"));

        var keys = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => MasterKey.LoadOrCreate(file))));

        var wrapped = keys[0].Wrap(Secret, "p");
        Assert.All(keys, key => Assert.Equal(Secret, key.Unwrap(wrapped, "p")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64!")]
    [InlineData("c2hvcnQ=")]
    public void A_file_without_a_key_is_refused(string text)
    {
        folder.Write("key", text);
        Close("key");

        Assert.Throws<StartFault>(() => MasterKey.Load(folder.File("key")));
        Assert.Equal(text, File.ReadAllText(folder.File("key")));
    }

    [Theory]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    public void A_file_that_others_can_read_is_refused_also_behind_a_link(UnixFileMode others)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        folder.Write("key", Convert.ToBase64String(new byte[32]));
        Close("key");
        File.CreateSymbolicLink(folder.File("link"), folder.File("key"));
        MasterKey.Load(folder.File("link"));

        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder.File("key"), PrivateFiles.OwnerOnly | others);

        Assert.Contains("chmod 600", Assert.Throws<StartFault>(() => MasterKey.Load(folder.File("link"))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_named_file_or_one_for_PostgreSQL_is_never_made()
    {
        Assert.Throws<StartFault>(() =>
            MasterKey.LoadOrCreate(MasterKeyFile.Of(folder.File("absent"), new DatabaseOptions(), folder.File("data"))));
        Assert.Throws<StartFault>(() =>
            MasterKey.LoadOrCreate(MasterKeyFile.Of(named: null, new DatabaseOptions { Postgres = "Host=db" }, folder.File("data"))));
        Assert.Empty(Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Data_protection_keys_lie_wrapped_and_a_restart_reads_them()
    {
        var key = NewKey();

        var protectedText = Protector(key).Protect("hello");
        var stored = Assert.Single(Directory.GetFiles(folder.Path, "key-*.xml"));

        Assert.DoesNotContain("masterKey", File.ReadAllText(stored), StringComparison.Ordinal);
        Assert.NotNull(XDocument.Load(stored).Descendants("wrapped").Single());
        Assert.Equal("hello", Protector(key).Unprotect(protectedText));
        Assert.ThrowsAny<CryptographicException>(() => Protector(NewKey()).Unprotect(protectedText));
    }

    private IDataProtector Protector(MasterKey key)
    {
        var services = new ServiceCollection().AddSingleton(key).AddLogging().AddDataProtectionKeyWrapping();
        services.AddDataProtection().PersistKeysToFileSystem(new DirectoryInfo(folder.Path)).SetApplicationName("kubeidp");
        return services.BuildServiceProvider().GetRequiredService<IDataProtectionProvider>().CreateProtector("test");
    }

    private void Close(string name)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder.File(name), PrivateFiles.OwnerOnly);
    }
}
