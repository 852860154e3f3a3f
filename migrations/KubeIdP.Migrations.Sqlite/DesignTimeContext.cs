using KubeIdP.Data.Schema;
using KubeIdP.Data.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace KubeIdP.Migrations.Sqlite;

/// <summary>Gives <c>dotnet ef</c> the model as SQLite sees it; nothing is connected to.</summary>
internal sealed class DesignTimeContext : IDesignTimeDbContextFactory<KubeIdpDbContext>
{
    public KubeIdpDbContext CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<KubeIdpDbContext>();
        Database.Sqlite("unused.db", TimeProvider.System).Configure(options);
        return new KubeIdpDbContext(options.Options);
    }
}
