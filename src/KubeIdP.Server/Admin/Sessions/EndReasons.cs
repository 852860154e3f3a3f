using KubeIdP.Data.Sessions;

namespace KubeIdP.Server.Admin.Sessions;

/// <summary>The reason of an end, in the language of the page. It is stored as a value of <see cref="GrantEnd"/>.</summary>
internal static class EndReasons
{
    /// <summary>Other values, such as the refusal of a directory, are shown as they are stored.</summary>
    public static string Of(string? why) => why switch
    {
        GrantEnd.Replay => Texts.EndReplay,
        GrantEnd.CodeReplay => Texts.EndCodeReplay,
        GrantEnd.Revoked => Texts.EndRevoked,
        GrantEnd.Superseded => Texts.EndSuperseded,
        GrantEnd.NotCollected => Texts.EndNotCollected,
        GrantEnd.SignedOut => Texts.EndSignedOut,
        GrantEnd.EndedByPerson => Texts.EndEndedByPerson,
        GrantEnd.EndedByAdministrator => Texts.EndEndedByAdministrator,
        GrantEnd.Idle => Texts.EndIdle,
        GrantEnd.Disabled => Texts.EndDisabled,
        GrantEnd.Removed => Texts.EndRemoved,
        GrantEnd.PasswordChanged => Texts.EndPasswordChanged,
        GrantEnd.FactorsReset => Texts.EndFactorsReset,
        GrantEnd.InvitationAccepted => Texts.EndInvitationAccepted,
        _ => why ?? "",
    };
}
