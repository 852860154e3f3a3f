using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Protocol;
using Npgsql;

namespace KubeIdP.Load;

/// <summary>
/// People who have signed in guess the codes of other machines, in several sessions each and from several addresses, all at once. No more
/// codes may be looked up than five of each person and twenty of each address, whatever comes after; who has tries left is still served.
/// </summary>
internal sealed class DeviceGuessesRun
{
    // src/docs/device-code.md
    private const int PerPerson = 5;
    private const int PerAddress = 20;

    /// <summary>Of each person. A third one would wait for the next code of the authenticator app.</summary>
    private const int Sessions = 2;

    /// <summary>Where half of the people are, so that there the limit of the address is reached first.</summary>
    private const int CrowdedAddresses = 2;

    private const int SignInsAtOnce = 4;
    private const string Letters = "BCDFGHJKLMNPQRSTVWXZ";
    private const string LookUpStatement = "UPDATE device_requests SET looked_up_by";

    private readonly Stage stage;
    private readonly int people;
    private readonly int addresses;
    private readonly ConcurrentQueue<Guess> guesses = [];
    private readonly List<string> faults = [];

    private DeviceGuessesRun(Stage stage, int people, int addresses) =>
        (this.stage, this.people, this.addresses) = (stage, people, addresses);

    /// <summary>The most codes that may be looked up.</summary>
    private int Limit => Math.Min(people / 2 * PerPerson, CrowdedAddresses * PerAddress)
        + Math.Min((people - people / 2) * PerPerson, (addresses - CrowdedAddresses) * PerAddress);

    public static async Task<int> ExecuteAsync(int count, int people, int addresses, bool json, CancellationToken ct)
    {
        await using var stage = await Stage.SetAsync(
            Storage.Postgres, Algorithm.Es256, new Scale(People: 0, ClientsEach: 0), ct, deviceCode: true);
        return await new DeviceGuessesRun(stage, Math.Max(2, people), Math.Max(CrowdedAddresses + 1, addresses)).GoAsync(count, json, ct);
    }

    private async Task<int> GoAsync(int count, bool json, CancellationToken ct)
    {
        // The last one has one try left when the others have begun, at an address of their own.
        var honest = (await SignInAsync(people, [addresses], ct))[0];
        for (var wrong = 1; wrong < PerPerson; wrong++) await GuessAsync(honest, RandomCode(), ct);
        if (guesses.Any(guess => guess.Answer != Answer.LookedUp)) faults.Add("Somebody with tries left was refused.");
        guesses.Clear();

        var guessers = new ConcurrentBag<Guesser>();
        await Parallel.ForAsync(0, people, new ParallelOptions { MaxDegreeOfParallelism = SignInsAtOnce, CancellationToken = ct },
            async (person, within) =>
            {
                foreach (var guesser in await SignInAsync(person, [.. Enumerable.Range(0, Sessions).Select(one => AddressOf(person, one))],
                    within)) guessers.Add(guesser);
            });
        var each = (count + guessers.Count - 1) / guessers.Count;
        Console.Error.WriteLine($"{people} people at {addresses} addresses guess {each} codes in each of {guessers.Count} sessions.");

        var began = Stopwatch.StartNew();
        var statements = await stage.StatementsOfAsync(
            () => Task.WhenAll(guessers.Select(guesser => Task.Run(() => GuessOftenAsync(guesser, each, ct), ct))), ct);
        var seconds = began.Elapsed.TotalSeconds;
        JudgeStorm(statements.Where(statement => statement.Key.Contains(LookUpStatement, StringComparison.Ordinal))
            .Sum(statement => statement.Value));
        var storm = guesses.ToList();
        guesses.Clear();
        await JudgeRightCodesAsync([.. guessers], honest, ct);

        var milliseconds = storm.Select(guess => guess.Milliseconds).Order().ToList();
        var result = new
        {
            guesses = storm.Count, seconds, sessions = guessers.Count, people, addresses,
            lookedUp = storm.Count(guess => guess.Answer == Answer.LookedUp), limit = Limit,
            mostOfAPerson = Most(storm, guess => guess.By.Person), mostOfAnAddress = Most(storm, guess => guess.By.Address),
            refused = storm.Count(guess => guess.Answer == Answer.Refused), p50Ms = milliseconds.At(0.5), p99Ms = milliseconds.At(0.99),
            faults,
        };
        Console.WriteLine(json
            ? JsonSerializer.Serialize(result, JsonSerializerOptions.Web)
            : string.Create(CultureInfo.InvariantCulture, $"""
            {result.guesses} wrong codes in {seconds:F0} s, {result.guesses / seconds:F0} a second.
            {people} people typed them in {guessers.Count} sessions at {addresses} addresses.
            {result.lookedUp} were looked up, of {Limit} that may be, at most {result.mostOfAPerson} of a person
            and {result.mostOfAnAddress} of an address.
            {result.refused} were refused. An answer took {result.p50Ms:F0} ms, 99 of 100 at most {result.p99Ms:F0} ms.
            {(faults.Count == 0 ? "Passed." : $"FAILED: {string.Join(' ', faults)}")}
            """));
        foreach (var guesser in guessers.Append(honest)) guesser.Browser.Dispose();
        return faults.Count == 0 ? 0 : 1;
    }

    /// <param name="executed">How many codes the database was asked for.</param>
    private void JudgeStorm(long executed)
    {
        var lookedUp = guesses.Count(guess => guess.Answer == Answer.LookedUp);
        if (executed != lookedUp)
            faults.Add($"{lookedUp} answers said that a code was looked up, and the database was asked for {executed}.");
        if (executed > Limit) faults.Add($"{executed} codes were looked up.");
        if (Most(guesses, guess => guess.By.Person) > PerPerson) faults.Add("A person had too many tries.");
        if (Most(guesses, guess => guess.By.Address) > PerAddress) faults.Add("An address had too many tries.");

        // Otherwise it was no storm: nobody has reached a limit.
        if (lookedUp == 0 || lookedUp == guesses.Count) faults.Add("Too few codes were guessed.");
        if (guesses.Any(guess => guess.Answer == Answer.Found)) faults.Add("A guess was right.");
    }

    /// <summary>Whoever has used up the tries gets no code looked up that there is, and who has one left signs in a machine.</summary>
    private async Task JudgeRightCodesAsync(IReadOnlyList<Guesser> guessers, Guesser honest, CancellationToken ct)
    {
        using var machine = stage.Issuer.CreateClient(Stage.ClientId);
        var asked = (await machine.AskForDeviceAsync(ct)).Succeeded();
        foreach (var guesser in guessers) await GuessAsync(guesser, asked.UserCode, ct);
        if (guesses.Any(guess => guess.Answer != Answer.Refused)) faults.Add("A code was looked up for somebody without tries.");
        if (await LookedUpAsync(ct) != 0) faults.Add("A request belongs to somebody without tries.");

        var page = await honest.Form.Fill("Code", asked.UserCode).PressAsync("Continue", ct);
        if (!page.HasButton(DeviceCodes.Yes)) faults.Add($"Somebody with a try left did not get the right code looked up: {page.Text}.");
        else if (!(await page.PressAsync(DeviceCodes.Yes, ct)).Has("The machine is being signed in")) faults.Add("It was not approved.");
        else if (!(await machine.PollAsync(asked, ct)).IsSuccess) faults.Add("The machine got no tokens.");
    }

    private async Task GuessOftenAsync(Guesser guesser, int times, CancellationToken ct)
    {
        for (var time = 0; time < times; time++)
        {
            await GuessAsync(guesser, RandomCode(), ct);
            if (guesses.Count is var all && all % 1_000 == 0) Console.Error.WriteLine($"{all} codes are typed.");
        }
    }

    private async Task GuessAsync(Guesser guesser, string code, CancellationToken ct)
    {
        // A new code makes it another form, although the page is the same.
        var sent = Stopwatch.GetTimestamp();
        var page = await guesser.Form.Fill("Code", code).PressAsync("Continue", ct);
        var milliseconds = Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
        guesses.Enqueue(new Guess(guesser, milliseconds,
            page.Status == HttpStatusCode.TooManyRequests ? Answer.Refused
            : page.Has("There is no request with this code.") ? Answer.LookedUp
            : page.HasButton(DeviceCodes.Yes) ? Answer.Found
            : throw new InvalidOperationException($"A guess was answered with something else: {page}")));
    }

    /// <summary>The sessions of somebody new, each at an address, with the page on which codes are typed.</summary>
    private async Task<List<Guesser>> SignInAsync(int person, int[] at, CancellationToken ct)
    {
        var account = await stage.Issuer.AddAccountAsync($"person{person}", ct);
        var sessions = new List<Guesser>();
        foreach (var address in at)
        {
            // All of 127.0.0.0/8 is this machine.
            var from = new IPAddress([127, 1, (byte)(address / 250), (byte)(1 + (address % 250))]);
            var browser = new BrowserClient(stage.Issuer.CreateHandler(from), stage.Issuer.Issuer);
            sessions.Add(new Guesser(person, address, browser, await account.OpenDevicePageAsync(browser, ct)));
        }

        return sessions;
    }

    private int AddressOf(int person, int session)
    {
        var number = (person * Sessions) + session;
        return person < people / 2 ? number % CrowdedAddresses : CrowdedAddresses + (number % (addresses - CrowdedAddresses));
    }

    private static string RandomCode() => RandomNumberGenerator.GetString(Letters, 8);

    private async Task<long> LookedUpAsync(CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(stage.ConnectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand("SELECT count(*) FROM device_requests WHERE looked_up_by IS NOT NULL", connection);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>The most look-ups of one person, or from one address.</summary>
    private static int Most(IEnumerable<Guess> all, Func<Guess, int> key) =>
        all.Where(guess => guess.Answer == Answer.LookedUp).GroupBy(key).Select(group => group.Count()).DefaultIfEmpty().Max();

    private enum Answer
    {
        Refused,
        LookedUp,
        Found,
    }

    private sealed record Guesser(int Person, int Address, BrowserClient Browser, Page Form);

    private sealed record Guess(Guesser By, double Milliseconds, Answer Answer);
}
