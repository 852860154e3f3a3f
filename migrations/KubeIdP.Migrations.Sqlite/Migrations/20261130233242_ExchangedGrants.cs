using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KubeIdP.Migrations.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class ExchangedGrants : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "parent_grant_id",
                table: "grants",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_grants_parent_grant_id_client_id",
                table: "grants",
                columns: new[] { "parent_grant_id", "client_id" },
                unique: true,
                filter: "parent_grant_id IS NOT NULL AND ended_at IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_grants_parent_grant_id_client_id",
                table: "grants");

            migrationBuilder.DropColumn(
                name: "parent_grant_id",
                table: "grants");
        }
    }
}
