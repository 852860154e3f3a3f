using KubeIdP.Core.Identifiers;

namespace KubeIdP.Data.People;

/// <param name="Stamp">Changes when the password changes, and reveals nothing about it.</param>
public sealed record PasswordStamp(PersonId PersonId, byte[] Stamp);
