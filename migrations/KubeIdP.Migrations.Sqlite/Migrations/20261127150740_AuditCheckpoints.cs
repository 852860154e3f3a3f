using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KubeIdP.Migrations.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class AuditCheckpoints : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_audit_events_id",
                table: "audit_events");

            migrationBuilder.DropColumn(
                name: "exported",
                table: "audit_events");

            migrationBuilder.AddColumn<byte[]>(
                name: "code",
                table: "audit_events",
                type: "BLOB",
                nullable: false,
                defaultValue: new byte[0]);

            migrationBuilder.AddColumn<byte[]>(
                name: "digest",
                table: "audit_events",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "salt",
                table: "audit_events",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "checkpoint",
                table: "audit_events",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "audit_keys",
                columns: table => new
                {
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    wrapped = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_keys", x => x.number);
                });

            migrationBuilder.CreateTable(
                name: "audit_checkpoints",
                columns: table => new
                {
                    number = table.Column<long>(type: "INTEGER", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    events = table.Column<int>(type: "INTEGER", nullable: false),
                    code = table.Column<byte[]>(type: "BLOB", nullable: false),
                    exported = table.Column<bool>(type: "INTEGER", nullable: false, defaultValue: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_checkpoints", x => x.number);
                });

            migrationBuilder.CreateIndex(
                name: "ix_audit_events_checkpoint_id",
                table: "audit_events",
                columns: new[] { "checkpoint", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_checkpoints_number",
                table: "audit_checkpoints",
                column: "number",
                filter: "NOT exported");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "audit_keys");

            migrationBuilder.DropTable(
                name: "audit_checkpoints");

            migrationBuilder.DropIndex(
                name: "ix_audit_events_checkpoint_id",
                table: "audit_events");

            migrationBuilder.DropColumn(
                name: "code",
                table: "audit_events");

            migrationBuilder.DropColumn(
                name: "digest",
                table: "audit_events");

            migrationBuilder.DropColumn(
                name: "salt",
                table: "audit_events");

            migrationBuilder.DropColumn(
                name: "checkpoint",
                table: "audit_events");

            migrationBuilder.AddColumn<bool>(
                name: "exported",
                table: "audit_events",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateIndex(
                name: "ix_audit_events_id",
                table: "audit_events",
                column: "id",
                filter: "NOT exported");
        }
    }
}
