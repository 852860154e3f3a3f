using System.CommandLine;
using KubeIdP.Load;

var database = new Option<Storage>("--database") { Description = "postgres (default) or sqlite.",
    DefaultValueFactory = _ => Storage.Postgres };
var algorithm = new Option<Algorithm>("--algorithm") { Description = "rs256 (default) or es256.",
    DefaultValueFactory = _ => Algorithm.Rs256 };
var people = new Option<int>("--people") { Description = "How many people sign in.", DefaultValueFactory = _ => 10 };
var clients = new Option<int>("--clients") { Description = "How many kubectl each of them has, at most 20.",
    DefaultValueFactory = _ => 10 };
var connections = new Option<int>("--connections") { Description = "How many requests are under way at once.",
    DefaultValueFactory = _ => 16 };
var seconds = new Option<int>("--seconds") { Description = "How long each pass lasts, in seconds.", DefaultValueFactory = _ => 10 };
var passes = new Option<int>("--passes") { Description = "How many passes; the first is the server's warm-up.",
    DefaultValueFactory = _ => 4 };
var output = new Option<string>("--output", "-o") { Description = "text, or json for scripts.", DefaultValueFactory = _ => "text" };
output.AcceptOnlyFromAmong("text", "json");

Command[] commands =
[
    new("refresh", "Refreshes over connections that stay open."),
    new("kubectl", "What kubelogin does once a minute: a new TLS connection, discovery, a refresh, JWKS."),
];
var root = new RootCommand("What KubeIdP costs under load, on this machine.");
foreach (var command in commands)
{
    foreach (var option in (Option[])[database, algorithm, people, clients, connections, seconds, passes, output])
        command.Options.Add(option);
    command.SetAction(async (parsed, ct) =>
    {
        var scale = new Scale(parsed.GetValue(people), Math.Clamp(parsed.GetValue(clients), 1, 20));
        await using var stage = await Stage.SetAsync(parsed.GetValue(database), parsed.GetValue(algorithm), scale, ct);
        var report = new Report(parsed.GetValue(output) == "json", SigningSpeed.SignaturesPerCpuSecond(parsed.GetValue(algorithm)));
        var failed = false;
        for (var pass = 1; pass <= parsed.GetValue(passes); pass++)
        {
            var result = await LoadRun.ExecuteAsync(stage, command.Name == "kubectl", parsed.GetValue(connections),
                TimeSpan.FromSeconds(parsed.GetValue(seconds)), ct);
            report.Write(pass, result);
            failed |= result.Errors > 0;
        }

        return failed ? 1 : 0;
    });
    root.Add(command);
}

var tries = new Option<int>("--tries") { Description = "How many tries of each kind.", DefaultValueFactory = _ => 300 };
var atOnce =
    new Option<int>("--connections") { Description = "How many are under way at once; few enough that the processor is not the bottleneck.",
        DefaultValueFactory = _ => 3 };
var refusals = new Command("refusals", "Whether the time of a refused login shows who has an account. Exit status 1 when it does.") { tries,
    atOnce, output };
refusals.SetAction((parsed, ct) =>
    RefusalRun.ExecuteAsync(parsed.GetValue(tries), parsed.GetValue(atOnce), parsed.GetValue(output) == "json", ct));
root.Add(refusals);

var sessions = new Option<int>("--sessions") { Description = "How many sessions there are; a tenth as many people.",
    DefaultValueFactory = _ => 100_000 };
var adminPages = new Command("admin-pages",
    "Opens every page of the administration, with each filter, in a real browser. Exit status 1 when one takes more than 300 "
    + "ms.") { database, sessions, output };
adminPages.SetAction((parsed, ct) =>
    AdminPagesRun.ExecuteAsync(parsed.GetValue(database), parsed.GetValue(sessions), parsed.GetValue(output) == "json", ct));
root.Add(adminPages);

var population = new Option<int>("--people") { Description = "How many people the directory has.", DefaultValueFactory = _ => 100_000 };
var groups = new Option<int>("--groups") { Description = "How many groups.", DefaultValueFactory = _ => 20_000 };
var logins = new Option<int>("--logins") { Description = "How many logins of each kind.", DefaultValueFactory = _ => 50 };
var directory = new Command("directory",
    "Logins of a large company's people, with a real directory server. Exit status 1 when one takes more than a second.") { population,
    groups, logins, output };
directory.SetAction((parsed, ct) =>
    DirectoryRun.ExecuteAsync(parsed.GetValue(population), parsed.GetValue(groups), parsed.GetValue(logins),
        parsed.GetValue(output) == "json", ct));
root.Add(directory);

var away = new Option<int>("--seconds") { Description = "How long PostgreSQL is stopped, in seconds.", DefaultValueFactory = _ => 60 };
var kubectls = new Option<int>("--kubectls") { Description = "How many kubectls refresh all the time.", DefaultValueFactory = _ => 40 };
var outage = new Command("outage",
    "PostgreSQL is stopped under load and started again. Exit status 1 when anybody is refused, or requests still fail 10 s after its "
    + "return.") { away, kubectls, output };
outage.SetAction((parsed, ct) =>
    OutageRun.ExecuteAsync(parsed.GetValue(away), parsed.GetValue(kubectls), parsed.GetValue(output) == "json", ct));
root.Add(outage);

var clusterCount = new Option<int>("--clusters") { Description = "How many clusters are configured.", DefaultValueFactory = _ => 200 };
var groupCount = new Option<int>("--groups") { Description = "How many groups the person is in.", DefaultValueFactory = _ => 500 };
var portal = new Command("portal",
    "Every page of the portal in a browser, with many clusters and a person in many groups. Exit status 1 when one takes 100 ms.") {
    clusterCount, groupCount, output };
portal.SetAction((parsed, ct) =>
    PortalRun.ExecuteAsync(parsed.GetValue(clusterCount), parsed.GetValue(groupCount), parsed.GetValue(output) == "json", ct));
root.Add(portal);

var kills = new Option<int>("--kills") { Description = "How many times a replica is killed.", DefaultValueFactory = _ => 300 };
var crash = new Command("crash",
    "Three replicas under load, of which one after the other is killed at a random moment. Exit status 1 when a promise breaks.") { kills,
    kubectls, output };
crash.SetAction((parsed, ct) =>
    CrashRun.ExecuteAsync(parsed.GetValue(kills), parsed.GetValue(kubectls), parsed.GetValue(output) == "json", ct));
root.Add(crash);

var rounds = new Option<int>("--rounds") { Description = "How many rounds of each race.", DefaultValueFactory = _ => 1_000 };
var race = new Option<string?>("--race") { Description = "Only this one." };
race.AcceptOnlyFromAmong(RacesRun.Names);
var races = new Command("races",
    "Every race of the tests, with many more rounds: revocation, single use, reviews, crashes. KUBEIDP_SEED is the seed of the random "
    + "moments. Exit status 1 when a promise breaks.") { rounds, race, output };
races.SetAction((parsed, ct) =>
    RacesRun.ExecuteAsync(parsed.GetValue(rounds), parsed.GetValue(race), parsed.GetValue(output) == "json", ct));
root.Add(races);

var plugins = new Option<int>("--kills") { Description = "How many times the program is killed.", DefaultValueFactory = _ => 1_000 };
var plugin = new Command("plugin-kills",
    "kubeidp token is killed at random moments while it replaces a token. Exit status 1 when a file is damaged, a lock stays, or somebody "
    + "would have to sign in again.") { plugins, output };
plugin.SetAction((parsed, ct) =>
    PluginKillsRun.ExecuteAsync(parsed.GetValue(plugins), parsed.GetValue(output) == "json", ct));
root.Add(plugin);

var pollRate = new Option<int>("--rate") { Description = "How many polls a second come from one address.",
    DefaultValueFactory = _ => 1_000 };
var pollSeconds = new Option<int>("--seconds") { Description = "How long each pass lasts, in seconds, at most 200.",
    DefaultValueFactory = _ => 15 };
var pollPasses = new Option<int>("--passes") { Description = "How many passes of each kind, after one for the warm-up.",
    DefaultValueFactory = _ => 4 };
var machines = new Option<int>("--machines") { Description = "How many machines poll every five seconds, at most 1,000.",
    DefaultValueFactory = _ => 1_000 };
var devicePolls = new Command("device-polls",
    "Machines poll with device codes while others refresh. Exit status 1 when 99 of 100 refreshes take twice as long, a poll takes more "
    + "than one statement, or one with a foreign code takes any.") { machines, pollRate, pollSeconds, pollPasses,
    output };
devicePolls.SetAction((parsed, ct) => DevicePollsRun.ExecuteAsync(parsed.GetValue(machines), parsed.GetValue(pollRate),
    parsed.GetValue(pollSeconds), parsed.GetValue(pollPasses), parsed.GetValue(output) == "json", ct));
root.Add(devicePolls);

var guesses = new Option<int>("--guesses") { Description = "How many wrong codes are typed.", DefaultValueFactory = _ => 10_000 };
var guessers = new Option<int>("--people") { Description = "How many people type them, each in two sessions.",
    DefaultValueFactory = _ => 30 };
var addresses = new Option<int>("--addresses") { Description = "At how many addresses they are.", DefaultValueFactory = _ => 10 };
var deviceGuesses = new Command("device-guesses",
    "People guess the codes of other machines. Exit status 1 when more are looked up than five of each person and twenty of each address, "
    + "or somebody with tries left is refused.") { guesses, guessers, addresses, output };
deviceGuesses.SetAction((parsed, ct) => DeviceGuessesRun.ExecuteAsync(parsed.GetValue(guesses), parsed.GetValue(guessers),
    parsed.GetValue(addresses), parsed.GetValue(output) == "json", ct));
root.Add(deviceGuesses);

var runs = new Option<int>("--runs") { Description = "How many times each program is run.", DefaultValueFactory = _ => 20 };
var pluginStart = new Command("plugin-start",
    "kubeidp token of the native program with a fresh token in its file, beside kubelogin where that is on the PATH. Exit status 1 when "
    + "the median takes 30 ms or 20 MiB.") { runs, output };
pluginStart.SetAction((parsed, ct) =>
    PluginStartRun.ExecuteAsync(parsed.GetValue(runs), parsed.GetValue(output) == "json", ct));
root.Add(pluginStart);

var slow = new Option<int>("--connections") { Description = "How many connections send one byte a second.",
    DefaultValueFactory = _ => 2_000 };
var slowClients = new Command("slow-clients",
    "Connections that send one byte a second. Exit status 1 when one stays open for longer than 30 s, or a refresh beside them takes "
    + "twice as long.") { slow, output };
slowClients.SetAction((parsed, ct) => SlowClientsRun.ExecuteAsync(parsed.GetValue(slow), parsed.GetValue(output) == "json", ct));
root.Add(slowClients);

var minutes = new Option<int>("--minutes") { Description = "How long, in minutes.", DefaultValueFactory = _ => 30 };
var soak = new Command("soak", "The same load for a long time. Exit status 1 when memory or tables grow.") { minutes, connections, output };
soak.SetAction((parsed, ct) =>
    SoakRun.ExecuteAsync(parsed.GetValue(minutes), parsed.GetValue(connections), parsed.GetValue(output) == "json", ct));
root.Add(soak);

var many = new Option<int>("--sessions") { Description = "How many sessions are ended.", DefaultValueFactory = _ => 10_000 };
var bulk = new Command("bulk",
    "One command ends many sessions while others refresh. Exit status 1 when it takes 5 s, or a refresh half a second.") { many, output };
bulk.SetAction((parsed, ct) => BulkRun.ExecuteAsync(parsed.GetValue(many), parsed.GetValue(output) == "json", ct));
root.Add(bulk);

var rate = new Option<int>("--rate") { Description = "How many audit events are written a second.", DefaultValueFactory = _ => 2_000 };
var writing = new Option<int>("--seconds") { Description = "How long they are written, in seconds.", DefaultValueFactory = _ => 60 };
var checkpoints = new Command("checkpoints",
    "Audit events at a steady rate, and checkpoints over them. Exit status 1 when an event waits for its checkpoint for longer than 5 s, "
    + "or is not as it was written.") { rate, writing, output };
checkpoints.SetAction((parsed, ct) =>
    CheckpointsRun.ExecuteAsync(parsed.GetValue(rate), parsed.GetValue(writing), parsed.GetValue(output) == "json", ct));
root.Add(checkpoints);

var rows = new Option<int>("--rows") { Description = "How many grants there are, and as many audit events.",
    DefaultValueFactory = _ => 5_000_000 };
var migration = new Command("migration",
    "A large database gets all migrations but the first while it is in use. Exit status 1 when a write takes a second.") { rows, output };
migration.SetAction((parsed, ct) => MigrationRun.ExecuteAsync(parsed.GetValue(rows), parsed.GetValue(output) == "json", ct));
root.Add(migration);

var starts = new Option<int>("--starts") { Description = "How many starts are measured.", DefaultValueFactory = _ => 3 };
var idle = new Command("idle",
    "What an idle server costs. Exit status 1 when its first answer takes 2 s of processor time, or it uses 150 MiB of memory.") { database,
    starts, output };
idle.SetAction((parsed, ct) =>
    IdleRun.ExecuteAsync(parsed.GetValue(database), parsed.GetValue(starts), parsed.GetValue(output) == "json", ct));
root.Add(idle);

return await root.Parse(args).InvokeAsync();
