using System.Diagnostics;
using KubeIdP.Data.Storage;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Data.Tests.Storage;

/// <summary>
/// One server for one database, by whatever name it is reached. That the lock goes with its process is seen on real servers.
/// </summary>
public sealed class ServerLockTests : IDisposable
{
    private readonly string folder = Scratch.NewFolder("kubeidp-lock-");

    private string File => Path.Combine(folder, "kubeidp.db");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void One_has_it_and_the_next_gets_it_after_that()
    {
        using (var first = ServerLock.TryTake(File))
        {
            Assert.NotNull(first);
            Assert.Null(ServerLock.TryTake(File));
            Assert.Null(ServerLock.TryTake(Path.GetRelativePath(Environment.CurrentDirectory, File)));
        }

        using var next = ServerLock.TryTake(File);
        Assert.NotNull(next);
    }

    [Theory]
    [InlineData("symbolic link to the folder")]
    [InlineData("symbolic link to the file")]
    [InlineData("symbolic link to a symbolic link")]
    [InlineData("hard link")]
    public void It_is_one_database_by_every_name(string name)
    {
        System.IO.File.WriteAllBytes(File, []);
        var other = Directory.CreateDirectory(Path.Combine(folder, "other")).FullName;
        var link = Path.Combine(other, "kubeidp.db");
        switch (name)
        {
            case "symbolic link to the folder":
                Directory.CreateSymbolicLink(Path.Combine(other, "data"), folder);
                link = Path.Combine(other, "data", "kubeidp.db");
                break;
            case "symbolic link to the file":
                System.IO.File.CreateSymbolicLink(link, File);
                break;
            case "symbolic link to a symbolic link":
                System.IO.File.CreateSymbolicLink(Path.Combine(other, "between"), "../kubeidp.db");
                System.IO.File.CreateSymbolicLink(link, "between");
                break;
            case "hard link":
                Process.Start("ln", [File, link]).WaitForExit();
                break;
        }

        using (var first = ServerLock.TryTake(File))
            Assert.Null(ServerLock.TryTake(link));
        using var after = ServerLock.TryTake(link);
        Assert.NotNull(after);
        Assert.Null(ServerLock.TryTake(File));
    }

    // What SQLite locks is another matter: the server's own connections, and commands beside it.
    [Fact]
    public async Task Connections_are_not_kept_out()
    {
        var ct = TestContext.Current.CancellationToken;
        System.IO.File.WriteAllBytes(File, []);
        using var server = ServerLock.TryTake(File);

        await using var database = Database.Sqlite(File, TimeProvider.System);
        await using var connection = await database.OpenAsync(ct);
        await using var command = database.Command(connection, "CREATE TABLE rows (number INTEGER)");
        await command.ExecuteNonQueryAsync(ct);
    }
}
