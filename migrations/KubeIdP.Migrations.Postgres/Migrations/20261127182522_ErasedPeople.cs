using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KubeIdP.Migrations.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class ErasedPeople : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "erased_at",
                table: "people",
                type: "bigint",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "erased_at",
                table: "people");
        }
    }
}
