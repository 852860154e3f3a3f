using System.Reflection;
using System.Runtime.Loader;
using KubeIdP.Data.Storage;
using KubeIdP.Testing.Processes;

namespace KubeIdP.Testing.Databases;

/// <summary>
/// A version after this one: the same program with further migrations (<c>tests/KubeIdP.NextMigrations</c>), which do what the rules for
/// migrations allow.
/// </summary>
public static class NextVersion
{
    /// <summary>The last migration of this version, after which the next one's come.</summary>
    public const string LastOfThis = "Initial";

    private static readonly string[] Kinds = ["Postgres", "Sqlite"];

    private static readonly AssemblyLoadContext Next = new("next version");

    private static readonly Lazy<string> Copy = new(CopyProgram);

    /// <summary>What starts it in a process of its own, before the arguments of the program.</summary>
    public static IReadOnlyList<string> Program => [IssuerProcess.DotnetHost, Copy.Value];

    /// <summary>Gives a database the migrations of the next version, in this process.</summary>
    public static Database WithNextMigrations(this Database database)
    {
        database.Migrations = Next.LoadFromAssemblyPath(FileOf(database.IsPostgres ? "Postgres" : "Sqlite"));
        return database;
    }

    private static string FileOf(string kind)
    {
        var pattern = typeof(NextVersion).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => metadata.Key == "NextMigrations").Value!;
        return pattern.Replace("{0}", kind, StringComparison.Ordinal);
    }

    private static string CopyProgram()
    {
        var (folder, source) = (Scratch.NewFolder("kubeidp-next-"), Path.GetDirectoryName(IssuerProcess.ServerDll)!);
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        foreach (var kind in Kinds) File.Copy(FileOf(kind), Path.Combine(folder, Path.GetFileName(FileOf(kind))), overwrite: true);
        return Path.Combine(folder, Path.GetFileName(IssuerProcess.ServerDll));
    }
}
