using KubeIdP.Core.Naming;
using KubeIdP.Server.Sessions;

namespace KubeIdP.Server.SelfService;

/// <summary>A page that changes a factor: a second factor must have been verified recently.</summary>
internal abstract class FactorChangeModel(SessionCookie cookie) : OwnPageModel(cookie)
{
    private const int MaxNameLength = 64;

    protected override TimeSpan? FactorMaxAge => SelfServiceSetup.FreshFor;

    /// <summary>The name as it is stored; null when it is not valid.</summary>
    protected static string? NameOf(string? typed) =>
        typed?.Trim() is { Length: > 0 and <= MaxNameLength } name && OutsideText.HiddenIn(name) is null ? name : null;
}
