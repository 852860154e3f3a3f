using KubeIdP.Data.Sessions;
using Microsoft.EntityFrameworkCore.Migrations;

namespace KubeIdP.Migrations.Postgres;

/// <summary>
/// The trigger that notifies listeners when a session or a grant has ended, whichever statement ended it. The model does not describe it,
/// so an initial migration that is made anew must call <see cref="SignalEndings"/> at the end of its <c>Up</c>; a test fails if it does
/// not.
/// </summary>
internal static class EndingSignal
{
    private static readonly string[] Tables = ["sessions", "grants"];

    public static void SignalEndings(this MigrationBuilder migration)
    {
        // The notification goes out with the commit, and equal ones of one transaction are one.
        migration.Sql($"""
            CREATE FUNCTION kubeidp_signal_ended() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN PERFORM pg_notify('{EndingListener.Channel}', ''); RETURN NULL; END $$
            """);
        foreach (var table in Tables)
        {
            // A refresh writes ended_at too, null over null: it must cost nothing.
            migration.Sql($"""
                CREATE TRIGGER {table}_signal_ended AFTER UPDATE OF ended_at ON {table}
                FOR EACH ROW WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL) EXECUTE FUNCTION kubeidp_signal_ended()
                """);
        }
    }
}
