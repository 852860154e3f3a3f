using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KubeIdP.Migrations.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class TriesAndForms : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "reason_for_person",
                table: "sessions",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "login_id",
                table: "sessions",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "pending",
                table: "failure_counters",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<long>(
                name: "taken_at",
                table: "failure_counters",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateTable(
                name: "sent_forms",
                columns: table => new
                {
                    id = table.Column<byte[]>(type: "bytea", nullable: false),
                    form = table.Column<byte[]>(type: "bytea", nullable: false),
                    expires_at = table.Column<long>(type: "bigint", nullable: false),
                    answer = table.Column<byte[]>(type: "bytea", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sent_forms", x => x.id);
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "sent_forms");

            migrationBuilder.DropColumn(
                name: "reason_for_person",
                table: "sessions");

            migrationBuilder.DropColumn(
                name: "login_id",
                table: "sessions");

            migrationBuilder.DropColumn(
                name: "pending",
                table: "failure_counters");

            migrationBuilder.DropColumn(
                name: "taken_at",
                table: "failure_counters");
        }
    }
}
