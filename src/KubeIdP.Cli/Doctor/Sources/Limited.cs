namespace KubeIdP.Cli.Doctor.Sources;

/// <summary>Work that ends in time, whatever it waits for.</summary>
internal static class Limited
{
    /// <summary>The result, or what stands for it when the time is over.</summary>
    /// <param name="work">Its token is cancelled then; whether it heeds that does not matter.</param>
    /// <param name="all">Cancelled when the time of the whole is over, or by the person.</param>
    /// <param name="person">Cancelled by the person alone.</param>
    public static async Task<T> RunAsync<T>(
        Func<CancellationToken, Task<T>> work, TimeSpan limit, T late, CancellationToken all, CancellationToken person)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(all);
        limited.CancelAfter(limit);
        var token = limited.Token;
        try
        {
            return await Task.Run(() => work(token), token).WaitAsync(token);
        }
        catch (OperationCanceledException) when (!person.IsCancellationRequested)
        {
            return late;
        }
    }
}
