namespace KubeIdP.Core.Identifiers;

/// <summary>Makes identifiers of texts that may be missing.</summary>
public static class Identifier
{
    /// <summary>Null for null.</summary>
    public static T? OrNull<T>(string? text)
        where T : struct, IIdentifier<T> => text is null ? null : T.From(text);
}
