using System.Xml.Linq;
using KubeIdP.Data.Keys;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace KubeIdP.Server.Keys;

/// <summary>Stores the ring in the database, so that a new key has its audit event, and all replicas share it.</summary>
internal sealed class DataProtectionKeyRepository(DataProtectionKeyStore store) : IXmlRepository
{
    // Synchronous, because Data Protection requires it; it is called once a day.
    public IReadOnlyCollection<XElement> GetAllElements() =>
        [.. store.ListAsync(CancellationToken.None).GetAwaiter().GetResult().Select(key => XElement.Parse(key.Xml))];

    public void StoreElement(XElement element, string friendlyName) =>
        store.InsertAsync(friendlyName, element.ToString(SaveOptions.DisableFormatting), CancellationToken.None).GetAwaiter().GetResult();
}
