namespace KubeIdP.Server.Onboarding;

/// <summary>The closed set of outcomes of creating a setup link.</summary>
internal abstract record SetupLinkAnswer
{
    private SetupLinkAnswer()
    {
    }

    /// <param name="Url">The complete link. The database has only the hash of its token.</param>
    /// <param name="ExpiresAt">After this time another one must be created.</param>
    public sealed record Made(string Url, DateTimeOffset ExpiresAt) : SetupLinkAnswer;

    public sealed record AdministratorExists : SetupLinkAnswer;

    /// <summary>Another replica or an earlier start has created and shown one that is still valid.</summary>
    public sealed record OtherIsValid : SetupLinkAnswer;

    /// <summary>No group of local accounts is an administrators' group, so a local account would not be an administrator.</summary>
    public sealed record NotLocal : SetupLinkAnswer;
}
