using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using KubeIdP.Connectors.Ldap;
using KubeIdP.Core.Upstreams;

namespace KubeIdP.Load;

/// <summary>
/// Logins in a large company: a real OpenLDAP with very many people and groups, somebody in a thousand of them, and groups in groups five
/// deep.
/// </summary>
internal static class DirectoryRun
{
    private const string Password = "Of-The-Directory-1";
    private const int ManyGroups = 1_000;
    private const int Depth = 5;
    private const int MembersEach = 10;

    /// <summary>For a whole login, the server's own time included.</summary>
    private const double MaxMs = 1_000;

    // Each is one question for two hundred groups, level by level: a thousand groups and five levels are far from it.
    private const int MaxSearches = 20;

    private sealed record Measured(string Who, double MedianMs, double MaxMs, int Groups, double Searches);

    public static async Task<int> ExecuteAsync(int people, int groups, int logins, bool json, CancellationToken ct)
    {
        await using var slapd = await Slapd.StartNewAsync(ct);
        var file = Path.GetTempFileName();
        await WriteAsync(slapd, file, people, groups, ct);
        var began = Stopwatch.GetTimestamp();
        await slapd.LoadAsync(file, ct);
        File.Delete(file);
        Console.Error.WriteLine(
            string.Create(CultureInfo.InvariantCulture,
                $"{people} people and {groups} groups added within {Stopwatch.GetElapsedTime(began).TotalSeconds:F0} s."));

        var options = new LdapOptions
        {
            Servers = [$"ldaps://{slapd.Host}:{slapd.TlsPort}"], CaFile = slapd.AuthorityFile, BindDn = slapd.ReaderDn,
                BindPassword = slapd.ReaderPassword,
            Users = new() { Base = slapd.PeopleDn }, Groups = new() { Base = slapd.GroupsDn, Nesting = Nesting.Nested },
        };
        var results = new List<Measured>();
        foreach (var (who, names, expected) in ((string, Func<int, string>, int?)[])
            [("anybody", i => $"p{i * (people / logins) % people}", null), ($"in {ManyGroups} groups", _ => "many", ManyGroups),
                ($"{Depth} deep", _ => "deep", Depth)])
        {
            results.Add(await MeasureAsync(slapd, options, who, names, expected, logins, ct));
        }

        var isSlow = results.Exists(one => one.MaxMs > MaxMs || one.Searches > MaxSearches);
        if (json)
            Console.WriteLine(JsonSerializer.Serialize(new { people, groups, isSlow, logins = results }));
        else
            results.ForEach(one =>
                Console.WriteLine(
                    string.Create(CultureInfo.InvariantCulture,
                        $"{one.Who,-20}  median {one.MedianMs,6:F0} ms  at most {one.MaxMs,6:F0} ms  {one.Groups,5} groups "
                        + $" {one.Searches:F1} searches a login")));
        return isSlow ? 1 : 0;
    }

    private static async Task<Measured> MeasureAsync(Slapd slapd, LdapOptions options, string who, Func<int, string> nameOf, int? groups,
        int logins, CancellationToken ct)
    {
        var connector = LdapConnector.Create(new ConnectorId("corp"), options, [], TimeProvider.System);
        await using var disposal = (IAsyncDisposable)connector;

        // The first one connects, and has the server's code compiled.
        await LogInAsync(connector, nameOf(0), groups, ct);
        var before = SearchesOf(slapd);
        var times = new List<double>();
        var found = 0;
        for (var i = 1; i <= logins; i++)
        {
            var started = Stopwatch.GetTimestamp();
            found = await LogInAsync(connector, nameOf(i), groups, ct);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        times.Sort();
        return new Measured(who, times.At(0.5), times[^1], found, (SearchesOf(slapd) - before) / (double)logins);
    }

    private static async Task<int> LogInAsync(IPasswordConnector connector, string name, int? groups, CancellationToken ct)
    {
        var answer = await connector.AuthenticateAsync(name, Password, ct);
        if (answer is not UpstreamAnswer.Known(var identity) || (groups is { } expected && identity.Groups.Count != expected))
            throw new InvalidOperationException($"{name}: {answer}");

        return identity.Groups.Count;
    }

    private static int SearchesOf(Slapd slapd) => slapd.Log.Split("SRCH base=").Length - 1;

    private static async Task WriteAsync(Slapd slapd, string file, int people, int groups, CancellationToken ct)
    {
        await using var ldif = new StreamWriter(file);
        for (var i = 0; i < people + 2; i++)
        {
            var name = i < people ? $"p{i}" : i == people ? "many" : "deep";
            await ldif.WriteAsync(($"dn: {slapd.PersonDn(name)}\nobjectClass: inetOrgPerson\nuid: {name}\ncn: Person {name}\nsn: {name}\n"
                + $"mail: {name}@example.com\nuserPassword: {Password}\n\n").AsMemory(), ct);
        }

        for (var i = 0; i < groups; i++)
        {
            var members = Enumerable.Range(0, MembersEach).Select(n => $"p{(i * MembersEach + n) % people}")
                .Concat(i < ManyGroups ? ["many"] : []);
            await WriteGroupAsync($"g{i}", members.Select(slapd.PersonDn));
        }

        for (var level = 1; level <= Depth; level++)
            await WriteGroupAsync($"level{level}", [level == 1 ? slapd.PersonDn("deep") : slapd.GroupDn($"level{level - 1}")]);

        Task WriteGroupAsync(string name, IEnumerable<string> members) => ldif.WriteAsync(
            ($"dn: {slapd.GroupDn(name)}\nobjectClass: groupOfNames\ncn: {name}\n"
                + $"{string.Concat(members.Select(member => $"member: {member}\n"))}\n").AsMemory(), ct);
    }
}
