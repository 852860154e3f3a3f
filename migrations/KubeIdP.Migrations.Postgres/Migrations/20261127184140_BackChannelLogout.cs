using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KubeIdP.Migrations.Postgres.Migrations
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
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<long>(
                name: "logout_due_at",
                table: "grants",
                type: "bigint",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "logout_attempts",
                table: "grants");

            migrationBuilder.DropColumn(
                name: "logout_due_at",
                table: "grants");
        }
    }
}
