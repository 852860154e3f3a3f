using KubeIdP.Data.Sessions;

namespace KubeIdP.Server.Admin.Sessions;

/// <summary>Why something is over, in the reader's language. It is stored as a word of <see cref="GrantEnd"/>.</summary>
internal static class EndReasons
{
    /// <summary>What is none of our own words, such as the name of a directory with its refusal, stays as it was stored.</summary>
    public static string Of(string? why) => why switch
    {
        GrantEnd.Replay => Texts.EndReplay,
        GrantEnd.CodeReplay => Texts.EndCodeReplay,
        GrantEnd.Revoked => Texts.EndRevoked,
        GrantEnd.Superseded => Texts.EndSuperseded,
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
