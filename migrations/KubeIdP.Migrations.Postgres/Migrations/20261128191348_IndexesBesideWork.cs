using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KubeIdP.Migrations.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class IndexesBesideWork : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndexBesideWork("ix_audit_events_checkpoint_id", "ON audit_events (checkpoint, id)");
            migrationBuilder.CreateIndexBesideWork(
                "ix_grants_client_id_logout_due_at",
                "ON grants (client_id, logout_due_at) WHERE logout_due_at IS NOT NULL AND ended_at IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_audit_events_checkpoint_id",
                table: "audit_events");

            migrationBuilder.DropIndex(
                name: "ix_grants_client_id_logout_due_at",
                table: "grants");
        }
    }
}
