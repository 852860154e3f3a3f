using System.Diagnostics.CodeAnalysis;
using KubeIdP.Core.Naming;
using Microsoft.AspNetCore.Identity;

namespace KubeIdP.Server.Accounts;

/// <summary>Makes Identity compare names like the rest of the issuer.</summary>
internal sealed class NameNormalizer : ILookupNormalizer
{
    [return: NotNullIfNotNull(nameof(name))]
    public string? NormalizeName(string? name) => name is null ? null : UserName.Normalize(name);

    [return: NotNullIfNotNull(nameof(email))]
    public string? NormalizeEmail(string? email) => NormalizeName(email);
}
