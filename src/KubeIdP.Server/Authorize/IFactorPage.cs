using KubeIdP.Core.Factors;

namespace KubeIdP.Server.Authorize;

/// <summary>The page on which a kind of factor is verified during a login. Each kind registers one.</summary>
internal interface IFactorPage
{
    FactorKind Kind { get; }

    /// <summary>The page, as in <see cref="LoginState.AddressOf"/>.</summary>
    string Page { get; }
}
