using KubeIdP.Data.Schema;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace KubeIdP.NextMigrations.Postgres;

/// <summary>What the rules allow for tables that have rows and are in use: the two that a refresh and a signature read.</summary>
[DbContext(typeof(KubeIdpDbContext))]
[Migration("99990101000000_NextColumns")]
public sealed class NextColumns : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<string>(name: "next_note", table: "signing_keys", type: "text", nullable: true);
        migrationBuilder.AddColumn<int>(name: "next_uses", table: "grants", type: "integer", nullable: false, defaultValue: 0);
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropColumn(name: "next_note", table: "signing_keys");
        migrationBuilder.DropColumn(name: "next_uses", table: "grants");
    }
}
