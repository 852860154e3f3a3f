using KubeIdP.Core.Factors;

namespace KubeIdP.Server.Admin.Sessions;

/// <summary>The second factors that a session's <c>amr</c> may name (RFC 8176).</summary>
internal static class SessionFactor
{
    public static readonly IReadOnlyList<string> All = AuthenticationMethods.OfFactors;

    public static string WordsOf(string method) => method switch
    {
        AuthenticationMethods.OneTimePassword => Texts.OneTimeCode,
        AuthenticationMethods.MultiFactor => Texts.AnySecondFactor,
        _ => method,
    };
}
