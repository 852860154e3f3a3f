using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Sessions;

namespace KubeIdP.Server.Clients;

/// <summary>Decides by groups who may sign in to a client with a device code, beside what <see cref="ClientAccess"/> requires.</summary>
internal sealed class DeviceCodeAccess(DeviceCodeAccessOptions options)
{
    private readonly ClientAccess access = new(options.Everybody ? null : new AccessOptions { Groups = options.Groups });

    /// <summary>The sentence for a session by device code at a client that has none (any more).</summary>
    public static string NotOffered(ClientId client) =>
        $"A device code can't be used for {client}. Sign in with a browser on this machine.";

    /// <summary>Null if the person may; otherwise the sentence that says which group is missing, without their name.</summary>
    public string? RefusalOf(PersonSnapshot person, ClientId client) => access.Allows(person.Connector, person.Groups)
        ? null
        : $"You may not sign in to {client} with a device code: it is only for members of {access.NamedGroups}. Sign in with a browser, or "
            + "ask an administrator to add you.";
}
