using KubeIdP.Data.Schema;
using KubeIdP.Migrations.Postgres;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace KubeIdP.NextMigrations.Postgres;

/// <summary>An index on a table that has rows and is in use.</summary>
[DbContext(typeof(KubeIdpDbContext))]
[Migration("99990101000001_NextIndex")]
public sealed class NextIndex : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.CreateIndexBesideWork("ix_grants_next_uses", "ON grants (next_uses, client_id)");

    protected override void Down(MigrationBuilder migrationBuilder) =>
        migrationBuilder.DropIndex(name: "ix_grants_next_uses", table: "grants");
}
