using KubeIdP.Data.People;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Throttling;

namespace KubeIdP.Server.Administration;

/// <summary>The services that acts use.</summary>
internal sealed record PersonActServices(LocalAccounts Accounts, ThrottleReset Throttle, PeopleSearch People, IssuerUrl Issuer);
