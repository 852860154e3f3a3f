using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KubeIdP.Migrations.Sqlite.Migrations
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
                type: "INTEGER",
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
