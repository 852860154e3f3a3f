using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KubeIdP.Migrations.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class ExchangedGrantsIndex : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndexBesideWork(
                "ix_grants_parent_grant_id_client_id",
                "ON grants (parent_grant_id, client_id) WHERE parent_grant_id IS NOT NULL AND ended_at IS NULL",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_grants_parent_grant_id_client_id",
                table: "grants");
        }
    }
}
