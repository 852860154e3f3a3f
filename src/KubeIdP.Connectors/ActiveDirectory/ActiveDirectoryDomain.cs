namespace KubeIdP.Connectors.ActiveDirectory;

/// <summary>The domain that an entry of Active Directory is in.</summary>
internal static class ActiveDirectoryDomain
{
    /// <summary>The DN of the domain's own entry above this one; the same when there is none.</summary>
    public static string DnAbove(string dn)
    {
        var domain = dn.IndexOf("DC=", StringComparison.OrdinalIgnoreCase);
        while (domain > 0 && dn[..domain].TrimEnd()[^1] != ',') domain = dn.IndexOf("DC=", domain + 1, StringComparison.OrdinalIgnoreCase);
        return domain < 0 ? dn : dn[domain..];
    }
}
