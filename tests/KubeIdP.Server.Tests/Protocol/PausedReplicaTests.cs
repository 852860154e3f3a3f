using System.Net;
using Xunit;

namespace KubeIdP.Server.Tests.Protocol;

/// <summary>
/// A replica that was paused between asking and signing may have missed a revocation: it issues nothing, and the client asks again.
/// </summary>
public sealed class PausedReplicaTests(IssuerOnPostgres running) : ProtocolTests(running), IClassFixture<IssuerOnPostgres>
{
    [Fact]
    public async Task What_took_too_long_is_not_signed_and_the_same_token_works_again()
    {
        var tokens = (await LogInAsync()).Tokens;

        // The row lock holds the refresh between its moment and its signature.
        await using var connection = await Database.Database.OpenAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await using (
            var hold = Database.Database.Command(connection, "UPDATE grants SET refreshes = refreshes WHERE id = @id",
                ("id", tokens.Claims.GetProperty("jti").GetString()!.Split('.')[0])))
        {
            hold.Transaction = transaction;
            await hold.ExecuteNonQueryAsync(Ct);
        }

        var paused = Kubectl.RefreshAsync(tokens.RefreshToken!, Ct);
        await UntilItWaitsAsync();
        Clock.Advance(TimeSpan.FromSeconds(3));
        await transaction.CommitAsync(Ct);
        var stale = await paused;
        var again = await Kubectl.RefreshAsync(tokens.RefreshToken!, Ct);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "temporarily_unavailable"), (stale.Status, stale.Error));
        Assert.True(again.IsSuccess, again.Text);
    }

    private async Task UntilItWaitsAsync()
    {
        await using var connection = await Database.Database.OpenAsync(Ct);
        await using var command = Database.Database.Command(connection,
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
        while ((long)(await command.ExecuteScalarAsync(Ct))! == 0)
            await Task.Delay(20, Ct);
    }
}
