namespace KubeIdP.Server.Web;

/// <summary>The characters that an <c>error_description</c> may contain (RFC 6749 §5.2), for texts with names of groups.</summary>
internal static class ErrorDescription
{
    public static string Of(string text) =>
        text.All(IsAllowed) ? text : string.Concat(text.Select(c => IsAllowed(c) ? c : c is '"' ? '\'' : '?'));

    private static bool IsAllowed(char c) => c is >= ' ' and <= '~' and not ('"' or '\\');
}
