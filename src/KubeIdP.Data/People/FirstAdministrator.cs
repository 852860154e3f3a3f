using KubeIdP.Data.Factors;

namespace KubeIdP.Data.People;

/// <summary>The first administrator with the password and factor that they chose.</summary>
public sealed record FirstAdministrator(byte[] LinkHash, NewPerson Person, FirstFactor Factor);
