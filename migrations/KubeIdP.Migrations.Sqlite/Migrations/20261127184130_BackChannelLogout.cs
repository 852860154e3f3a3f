using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KubeIdP.Migrations.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class BackChannelLogout : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "logout_attempts",
                table: "grants",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<long>(
                name: "logout_due_at",
                table: "grants",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_grants_client_id_logout_due_at",
                table: "grants",
                columns: new[] { "client_id", "logout_due_at" },
                filter: "logout_due_at IS NOT NULL AND ended_at IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_grants_client_id_logout_due_at",
                table: "grants");

            migrationBuilder.DropColumn(
                name: "logout_attempts",
                table: "grants");

            migrationBuilder.DropColumn(
                name: "logout_due_at",
                table: "grants");
        }
    }
}
