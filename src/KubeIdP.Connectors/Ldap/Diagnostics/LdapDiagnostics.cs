using System.Net;
using KubeIdP.Connectors.ActiveDirectory;
using KubeIdP.Core.Upstreams;
using KubeIdP.Ldap;

namespace KubeIdP.Connectors.Ldap.Diagnostics;

/// <summary>
/// Tries a directory's settings out in the order in which they depend on each other, and ends at the first that is wrong: what comes after
/// it could only fail for the same reason. It reads, changes nothing, and uses no password but that of the service account.
/// </summary>
public sealed class LdapDiagnostics
{
    // Longer than the configured timeouts, so that a finding can say which of them is too short.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    private readonly LdapOptions options;
    private readonly LdapProfile profile;
    private readonly TimeProvider clock;
    private readonly LdapLimits limits = new() { Connect = Timeout, Bind = Timeout, Search = Timeout };
    private readonly List<SettingFinding> findings = [];

    private LdapDiagnostics(ConnectorId id, LdapOptions options, IReadOnlyList<string> foreignPrefixes, TimeProvider clock) =>
        (this.options, this.clock, profile) = (options, clock, LdapProfile.Of(id, options, foreignPrefixes));

    /// <param name="id">The directory's name, which the findings about a person mention.</param>
    /// <param name="options">Without faults, as <see cref="LdapRules"/> finds them.</param>
    /// <param name="foreignPrefixes">What the names of other upstreams' groups begin with.</param>
    /// <param name="username">Somebody whose entry and groups to read; null: anybody whom the filter finds.</param>
    /// <param name="clock">For the time limits, and for what is expired.</param>
    /// <param name="ct">Ends the diagnostics with an <see cref="OperationCanceledException"/>.</param>
    public static async Task<IReadOnlyList<SettingFinding>> RunAsync(
        ConnectorId id, LdapOptions options, IReadOnlyList<string> foreignPrefixes, string? username, TimeProvider clock,
        CancellationToken ct)
    {
        var diagnostics = new LdapDiagnostics(id, options, foreignPrefixes, clock);
        await diagnostics.RunAsync(username, ct);
        return diagnostics.findings;
    }

    private async Task RunAsync(string? username, CancellationToken ct)
    {
        LdapConnection? first = null;
        try
        {
            for (var i = 0; i < profile.Servers.Count; i++)
            {
                if (await TryServerAsync($"servers[{i}]", profile.Servers[i], ct) is not { } connection) continue;

                if (first is null)
                    first = connection;
                else
                    await connection.DisposeAsync();
            }

            if (first is null) return;

            if (options.BindDn is null)
            {
                findings.Add(
                    SettingFinding.Right("bindAs",
                        "People sign in to the directory themselves (bindAs), so nothing more can be checked without a person's "
                            + "password."));
                findings.Add(LockOutReader.FindingOf(LockOutReader.WithoutReading(options.LockOut)));
            }
            else
            {
                await ReadAsync(first, username, ct);
            }
        }
        finally
        {
            if (first is not null) await first.DisposeAsync();
        }
    }

    /// <summary>A connection on which the service account has signed in, where it has one; null when something was wrong.</summary>
    private async Task<LdapConnection?> TryServerAsync(string key, LdapAddress address, CancellationToken ct)
    {
        LdapConnection? connection = null;
        try
        {
            var started = clock.GetTimestamp();
            var server = address.ServerOf(options);
            connection = await LdapConnection.ConnectAsync(server, DirectoryServers.Network, limits, clock, ct);
            if (!IsWithin("times.connect", options.Times.Connect, started)) return null;

            findings.Add(
                SettingFinding.Right(key,
                    $"{server} answers{(server.Security == LdapSecurity.Plain ? ", without TLS" : ", and its certificate is valid")}."));
            findings.AddRange(await DeadAddressesAsync(key, server, ct));
            if (options.BindDn is not null && !await SignInAsync(connection, ct)) return null;
            if (await FaultOfKindAsync(connection, ct) is { } wrong)
            {
                findings.Add(wrong);
                return null;
            }

            var answered = connection;
            connection = null;
            return answered;
        }
        catch (LdapException fault)
        {
            findings.Add(FaultOfServer(key, address, fault));
            return null;
        }
        finally
        {
            if (connection is not null) await connection.DisposeAsync();
        }
    }

    /// <summary>The addresses of a name with several that can't be used. A login uses the others, so nobody would notice.</summary>
    private async Task<IReadOnlyList<SettingFinding>> DeadAddressesAsync(string key, LdapServer server, CancellationToken ct)
    {
        var addresses = await LdapConnection.AddressesOfAsync(server, DirectoryServers.Network, ct);
        return addresses.Count == 1 ? [] : [.. (await Task.WhenAll(addresses.Select(TryAsync))).OfType<SettingFinding>()];

        async Task<SettingFinding?> TryAsync(IPAddress address)
        {
            try
            {
                await using var connection = await LdapConnection.ConnectAsync(
                    server, address, DirectoryServers.Network, limits with { Connect = options.Times.Connect }, clock, ct);
                return null;
            }
            catch (LdapException fault)
            {
                return SettingFinding.Wrong(key,
                    $"Of the {addresses.Count} addresses of {server.Host}, {address} can't be used: {fault.Message}",
                    "Repair the server at that address, or remove the address from DNS. Until then the other addresses are used.");
            }
        }
    }

    private async Task<bool> SignInAsync(LdapConnection connection, CancellationToken ct)
    {
        var passwordKey = options.BindPasswordFile is null ? "bindPassword" : "bindPasswordFile";
        var account = ServiceAccount.Of(options)!;
        var started = clock.GetTimestamp();
        var result = await connection.BindAsync(account.Name, account.Password(), ct);
        if (result is { IsSuccess: true, Password: { } state })
        {
            findings.Add(
                SettingFinding.Wrong("bindDn", $"The directory allows {account.Name} to sign in only to change its password: {state}.",
                    $"Change the password in the directory, exempt the account from password expiry, and set the new password as "
                        + $"{passwordKey}."));
            return false;
        }

        if (result.IsSuccess)
        {
            findings.Add(SettingFinding.Right("bindDn", $"{account.Name} may sign in."));
            return IsWithin("times.bind", options.Times.Bind, started);
        }

        findings.Add(result.Code switch
        {
            // Only Active Directory tells whether the name or the password was wrong.
            LdapResultCode.InvalidCredentials => BindSubCode.Read(result.Message)?.Reason switch
            {
                Refusal.Unknown =>
                    SettingFinding.Wrong("bindDn", $"There is no account {account.Name}.",
                        "Copy the account's distinguishedName or userPrincipalName."),
                Refusal.WrongPassword =>
                    SettingFinding.Wrong($"{passwordKey} or bindDn",
                        $"The password of {account.Name} is wrong, or there is no such account.",
                        "Set the account's current password. A password file must contain nothing else."),
                { } reason =>
                    SettingFinding.Wrong("bindDn", $"The directory refuses the login of {account.Name}: {reason}.",
                        "Repair the account in the directory, or use another account."),
                null => SettingFinding.Wrong($"bindDn or {passwordKey}",
                    $"The directory refuses the login of {account.Name} with this password.",
                    "Check account and password: the directory does not say which of them is wrong."),
            },
            LdapResultCode.ConfidentialityRequired or LdapResultCode.StrongerAuthRequired => SettingFinding.Wrong(
                "plainText", $"The server accepts no password without TLS: {result}.", "Remove the key, so that TLS is started first."),
            LdapResultCode.InvalidDnSyntax or LdapResultCode.NoSuchObject =>
                SettingFinding.Wrong("bindDn", $"The directory can have no account {account.Name}: {result}.",
                    "Copy the account's DN from the directory."),
            _ => SettingFinding.Wrong("bindDn", $"The directory refuses the login of {account.Name}: {result}.",
                "Read the directory's log of this time."),
        });
        return false;
    }

    /// <summary>By what the server says of itself (RFC 4512 §5.1, MS-ADTS §3.1.1.3.4.3).</summary>
    private async Task<SettingFinding?> FaultOfKindAsync(LdapConnection connection, CancellationToken ct)
    {
        const string Capabilities = "supportedCapabilities";
        const string ActiveDirectory = "1.2.840.113556.1.4.800";
        var answer = await connection.SearchAsync(LdapSearch.Entry("", Capabilities), ct);

        // Some servers don't publish this; that is no fault.
        if (answer.Entries is not [var self]) return null;

        var isActiveDirectory = self.Texts(Capabilities).Contains(ActiveDirectory);
        if (isActiveDirectory == profile.IsActiveDirectory) return null;
        if (!isActiveDirectory) return SettingFinding.Wrong("kind", "The server is not an Active Directory.", "Write ldap.");

        // Somebody may have described an Active Directory key by key.
        return options.Users.Id is null
            ? SettingFinding.Wrong("kind", "The server is an Active Directory.",
                "Write activeDirectory: its defaults then fit this server.") : null;
    }

    private static SettingFinding FaultOfServer(string key, LdapAddress address, LdapException fault) => fault.Kind switch
    {
        LdapErrorKind.UnknownAuthority or LdapErrorKind.Setting =>
            SettingFinding.Wrong("caFile", fault.Message,
                "Name a PEM file with the certificate of the authority that signed the server's certificate."),
        LdapErrorKind.Certificate =>
            SettingFinding.Wrong(key, fault.Message, "Use the name that is in the certificate, or give the server a valid certificate."),
        LdapErrorKind.Tls or LdapErrorKind.Protocol or LdapErrorKind.Closed or LdapErrorKind.Timeout =>
            SettingFinding.Wrong(key, fault.Message, address.IsTls
            ? "Check the port. For the ports 389 and 3268 write ldap://, which uses StartTLS."
            : "Check the port. For the ports 636 and 3269 write ldaps://."),
        LdapErrorKind.NameNotResolved => SettingFinding.Wrong(key, fault.Message, "Check the name, and this machine's DNS."),
        LdapErrorKind.ConnectFailed =>
            SettingFinding.Wrong(key, fault.Message,
                "Check name and port, that the server runs, and that this machine can reach it (routes, firewall)."),
        _ => SettingFinding.Wrong(key, fault.Message, "Read the directory's log of this time."),
    };

    private async Task ReadAsync(LdapConnection connection, string? username, CancellationToken ct)
    {
        try
        {
            var referrals = await new ReferralDiagnostics(profile, connection).RunAsync(ct);
            findings.AddRange(referrals);
            if (referrals.Any(finding => !finding.Ok)) return;

            var reader = new PersonReader(profile, clock);
            var people = new PersonDiagnostics(options, profile, reader, connection);
            if (await people.FaultAsync(ct) is { } wrong)
            {
                findings.Add(wrong);
                return;
            }

            findings.Add(SettingFinding.Right("users", $"People are found below {profile.UserBase}."));
            var groups = new GroupDiagnostics(profile, connection);
            if (await groups.FaultAsync(ct) is { } wrongGroups)
            {
                findings.Add(wrongGroups);
                return;
            }

            findings.Add(
                SettingFinding.Right("groups",
                    profile.GroupSource == GroupSource.None ? "Groups are not read." : $"Groups are found below {profile.GroupBase}."));
            findings.AddRange(await groups.WarningsAsync(ct));
            await TryLoginAsync(connection, reader, people, username, ct);
        }
        catch (LdapException fault)
        {
            findings.Add(SettingFinding.Wrong("servers", fault.Message, "Read the directory's log of this time."));
        }
    }

    /// <summary>What a login does, without the password.</summary>
    private async Task TryLoginAsync(LdapConnection connection, PersonReader reader, PersonDiagnostics people, string? username,
        CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        var named = username is not null
            ? await reader.FindAsync(username, connection, ct)
            : new NamedPeople(
                await connection.SampleAsync(profile.UserBase, LdapFilter.AllOf(profile.UserFilter, Samples.Has(profile.Username)), 1,
                    reader.AttributesAtLogin, ct));
        if (!IsWithin("times.search", options.Times.Search, started)) return;
        if (named.Found is [])
        {
            findings.Add(await people.WhyNotFoundAsync(username!, ct));
            return;
        }

        if (named.Found is not [var entry])
        {
            findings.Add(SettingFinding.Wrong("users.names", named.Remark!.Words, "Use only attributes whose values no two people share."));
            return;
        }

        if (named.Remark is { } shared)
            findings.Add(
                SettingFinding.Warning("users.names", shared.Words,
                    "Remove this value from the other people, or remove the attribute from the list."));
        findings.Add(await new LockOutReader(profile, clock).DiagnoseAsync(entry, connection, ct));
        findings.AddRange(await ReadPersonAsync(connection, reader, people, entry, ct));
        IsWithin("times.whole", options.Times.Whole, started);
    }

    private async Task<IReadOnlyList<SettingFinding>> ReadPersonAsync(LdapConnection connection, PersonReader reader,
        PersonDiagnostics people, LdapEntry entry, CancellationToken ct)
    {
        UpstreamAnswer answer;
        try
        {
            answer = await reader.ReadAsync(entry, connection, ct);
        }
        catch (LdapException fault) when (profile.GroupSource is GroupSource.TokenGroups or GroupSource.InChain)
        {
            return [SettingFinding.Wrong("groups.source", fault.Message,
                "Allow the service account to read them, or choose another source.")];
        }

        if (answer is UpstreamAnswer.Refused(var reason))
            return [SettingFinding.Right("login",
                $"{entry.Dn} would be refused: {reason}{(AccountStatus.VerdictOf(entry, clock.GetUtcNow()) is { } verdict ? $", "
                + $"by {verdict.Attribute}" : "")}.")];

        var identity = ((UpstreamAnswer.Known)answer).Identity;
        if (await people.FaultOfIdentityAsync(entry, identity.UpstreamId, ct) is { } notTheirs) return [notTheirs];

        var groups = identity.Groups.Count == 0 ? "none" : string.Join(", ", identity.Groups);
        return
        [
            SettingFinding.Right("login", $"{identity.Username}, {identity.Email ?? "no email address"}, groups: {groups}."),
            .. answer.Remarks.Select(remark => SettingFinding.Warning("login", remark.Words, GroupDiagnostics.FixForLeftOut)),
        ];
    }

    private bool IsWithin(string key, TimeSpan limit, long started)
    {
        var took = clock.GetElapsedTime(started);
        if (took <= limit) return true;

        findings.Add(
            SettingFinding.Wrong(key, $"It took {took.TotalMilliseconds:0} ms; the timeout is {limit.TotalMilliseconds:0} ms.",
                "Raise the timeout, or find out what is slow."));
        return false;
    }
}
