namespace KubeIdP.Core.Identifiers;

/// <summary>
/// A text that identifies one kind of thing, as a type of its own so that it can't be taken for the identifier of another kind.
/// </summary>
public interface IIdentifier
{
    string Value { get; }
}

/// <inheritdoc cref="IIdentifier"/>
public interface IIdentifier<TSelf> : IIdentifier
    where TSelf : struct, IIdentifier<TSelf>
{
    static abstract TSelf From(string value);
}
