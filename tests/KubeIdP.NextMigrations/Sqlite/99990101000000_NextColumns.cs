using KubeIdP.Data.Schema;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace KubeIdP.NextMigrations.Sqlite;

/// <summary>The same as on PostgreSQL; nobody works in the file meanwhile.</summary>
[DbContext(typeof(KubeIdpDbContext))]
[Migration("99990101000000_NextColumns")]
public sealed class NextColumns : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<string>(name: "next_note", table: "signing_keys", type: "TEXT", nullable: true);
        migrationBuilder.AddColumn<int>(name: "next_uses", table: "grants", type: "INTEGER", nullable: false, defaultValue: 0);
        migrationBuilder.CreateIndex(name: "ix_grants_next_uses", table: "grants", columns: ["next_uses", "client_id"]);
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropIndex(name: "ix_grants_next_uses", table: "grants");
        migrationBuilder.DropColumn(name: "next_note", table: "signing_keys");
        migrationBuilder.DropColumn(name: "next_uses", table: "grants");
    }
}
