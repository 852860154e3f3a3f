using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KubeIdP.Migrations.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class SessionCookieGeneration : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "cookie_generation",
                table: "sessions",
                type: "integer",
                nullable: false,
                defaultValue: 0);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "cookie_generation",
                table: "sessions");
        }
    }
}
