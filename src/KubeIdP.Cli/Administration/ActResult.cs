namespace KubeIdP.Cli.Administration;

/// <summary>The closed set of results of <see cref="IAdministration.DoAsync"/>.</summary>
internal abstract record ActResult
{
    private ActResult()
    {
    }

    public sealed record Done : ActResult;

    /// <summary>Nothing had to be changed.</summary>
    public sealed record Unchanged : ActResult;

    /// <param name="Secret">The link or the code.</param>
    /// <param name="ExpiresAt">When it expires.</param>
    public sealed record IssuedSecret(string Secret, DateTimeOffset ExpiresAt) : ActResult;
}
