using KubeIdP.Core.Factors;

namespace KubeIdP.Server.Authorize;

/// <summary>Where a kind of factor is proven on the way of a login. Each kind registers one.</summary>
internal interface IFactorPage
{
    FactorKind Kind { get; }

    /// <summary>A page of a login, as in <see cref="LoginState.AddressOf"/>.</summary>
    string Page { get; }
}
