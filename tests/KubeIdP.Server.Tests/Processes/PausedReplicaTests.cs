using System.Net;
using KubeIdP.Testing.Protocol;
using Npgsql;
using Xunit;

namespace KubeIdP.Server.Tests.Processes;

/// <summary>
/// A server that stands still between using a grant and signing, as a virtual machine does while it is moved. What happened in the meantime
/// it can't know, so it must not hand out a token.
/// </summary>
public sealed class PausedReplicaTests(SharedReplicas shared) : ReplicaTests(shared)
{
    [Fact]
    public async Task A_replica_that_was_paused_during_a_revocation_issues_nothing()
    {
        var tokens = await LogInAsync();

        var late = await RefreshAcrossPauseAsync(tokens, async () =>
            (await Replicas.B.RunAsync(["sessions", "revoke", tokens.Claims.GetProperty("sid").GetString()!], ct: Ct)).Succeeded());
        var next = await Replicas.B.CreateClient().RefreshAsync(tokens.RefreshToken!, Ct);

        AssertNothingIssued(late);
        Assert.Equal("invalid_grant", next.Error);
    }

    [Fact]
    public async Task A_replica_that_was_only_paused_costs_nobody_the_session()
    {
        var tokens = await LogInAsync();

        var late = await RefreshAcrossPauseAsync(tokens, () => Task.CompletedTask);
        var again = await Replicas.A.CreateClient().RefreshPatientlyAsync(tokens.RefreshToken!, Ct);

        AssertNothingIssued(late);
        Assert.Equal("temporarily_unavailable", late.Error);
        Assert.True(again.IsSuccess, again.Text);
        Assert.True((await Replicas.B.CreateClient().RefreshPatientlyAsync(again.RefreshToken!, Ct)).IsSuccess);
    }

    private static void AssertNothingIssued(TokenAnswer answer)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.False(answer.Body.TryGetProperty("id_token", out _));
        Assert.False(answer.Body.TryGetProperty("access_token", out _));
        Assert.False(answer.Body.TryGetProperty("refresh_token", out _));
    }

    private async Task<TokenAnswer> LogInAsync()
    {
        var account = await Replicas.AddAccountAsync(Ct);
        using var browser = Replicas.A.CreateBrowser();
        return await Replicas.A.CreateClient().LogInAsync(browser, account, Ct);
    }

    /// <summary>
    /// Refreshes on A, which is stopped after it has sent its UPDATE and continues three seconds after <paramref name="meanwhile"/>.
    /// </summary>
    private async Task<TokenAnswer> RefreshAcrossPauseAsync(TokenAnswer tokens, Func<Task> meanwhile)
    {
        await using var connection = new NpgsqlConnection(Replicas.ConnectionString);
        await connection.OpenAsync(Ct);

        // The test holds the row, so A's UPDATE waits in the database and not before it.
        var holding = await connection.BeginTransactionAsync(Ct);
        await ScalarAsync(connection, "SELECT 1 FROM grants WHERE id = $1 FOR UPDATE", tokens.GrantId);
        var refresh = Replicas.A.CreateClient().RefreshAsync(tokens.RefreshToken!, Ct);
        await UntilAsync(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE "
            + "'UPDATE grants%'", 1);

        await Replicas.A.PauseAsync(Ct);
        try
        {
            await holding.CommitAsync(Ct);
            await UntilAsync($"SELECT count(*) FROM grants WHERE id = '{tokens.GrantId}' AND current_generation = {tokens.Generation + 1}",
                1);
            await meanwhile();
            await Task.Delay(TimeSpan.FromSeconds(3), Ct);
        }
        finally
        {
            await Replicas.A.ResumeAsync(CancellationToken.None);
        }

        return await refresh;
    }

    private async Task UntilAsync(string question, long expected)
    {
        await using var connection = new NpgsqlConnection(Replicas.ConnectionString);
        await connection.OpenAsync(Ct);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        while ((long)(await ScalarAsync(connection, question))! != expected)
            await Task.Delay(20, limit.Token);
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string text, params object[] values)
    {
        await using var command = new NpgsqlCommand(text, connection);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return await command.ExecuteScalarAsync(Ct);
    }
}
