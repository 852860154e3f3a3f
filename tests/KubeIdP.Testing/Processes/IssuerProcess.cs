using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Reflection;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Storage;
using KubeIdP.Server;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Storage;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Protocol;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using YamlDotNet.Serialization;

namespace KubeIdP.Testing.Processes;

/// <summary>
/// The real server as a child process, with a configuration and a folder of its own. It can be started again after any end: what it kept is
/// in the folder or in its database.
/// </summary>
public sealed class IssuerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    /// <summary>The program as it was built with the tests.</summary>
    internal static readonly string ServerDll = typeof(IssuerProcess).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "ServerDll").Value!;

    internal static readonly string DotnetHost = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    private readonly IReadOnlyDictionary<string, string> environment;
    private readonly string? configFile;
    private readonly bool isPrepared;
    private readonly StringBuilder log = new();
    private readonly List<string> output = [];
    private Process? process;

    /// <summary>Writes the configuration; nothing runs yet.</summary>
    /// <param name="yaml">The whole of <c>kubeidp.yaml</c>; null for a folder without one, where the defaults count.</param>
    /// <param name="environment">
    /// Added to the child's environment, from which every <c>KUBEIDP__</c> variable of this process is removed.
    /// </param>
    /// <param name="fresh">
    /// Whether the data directory is not there yet, as on the first start of all; otherwise an SQLite database has its schema and keys
    /// (<see cref="PreparedData"/>).
    /// </param>
    public IssuerProcess(string? yaml, IReadOnlyDictionary<string, string>? environment = null, bool fresh = false)
    {
        this.environment = environment ?? new Dictionary<string, string>();
        Folder = Scratch.NewFolder("kubeidp-issuer-");
        if (yaml is not null)
        {
            configFile = Path.Combine(Folder, "kubeidp.yaml");
            File.WriteAllText(configFile, yaml);
        }

        var settings = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object?>?>(yaml ?? "") ?? [];
        Issuer = new Uri((string?)settings.GetValueOrDefault("issuer") ?? "https://localhost:8443");
        Address = settings.GetValueOrDefault("listen") is List<object> { Count: > 0 } listen
            ? new Uri(((string)listen[0]).Replace("*", "127.0.0.1", StringComparison.Ordinal)
            .Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal))
            : Issuer;
        DataDirectory = Path.Combine(Folder, (string?)settings.GetValueOrDefault("dataDirectory") ?? "data");
        isPrepared = !fresh && !settings.ContainsKey("database") && !settings.ContainsKey("masterKeyFile");
    }

    /// <summary>The words that start the program, before its own arguments; null: as it was built with the tests.</summary>
    public Func<IssuerProcess, IReadOnlyList<string>>? Program { get; init; }

    /// <summary>The working directory; relative paths of the configuration begin here.</summary>
    public string Folder { get; }

    public Uri Issuer { get; }

    /// <summary>Where this replica listens, which may be behind the name that all replicas share.</summary>
    public Uri Address { get; }

    public string DataDirectory { get; }

    /// <summary>The certificate authority that the server made; there once it has started with one.</summary>
    public string CaFile => Path.Combine(DataDirectory, "tls", "ca.crt");

    public int ProcessId => Running.Id;

    /// <summary>Both output streams since the first start, in the order in which they came.</summary>
    public string Log
    {
        get
        {
            lock (log)
                return log.ToString();
        }
    }

    /// <summary>What it wrote to standard output, where a log is collected.</summary>
    public IReadOnlyList<string> OutputLines
    {
        get
        {
            lock (log)
                return [.. output];
        }
    }

    private Process Running => process ?? throw new InvalidOperationException("The server is not running.");

    /// <summary>Starts <c>serve</c> and waits until discovery answers. A server that ends instead throws with all that it said.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        if (process is not null) throw new InvalidOperationException("The server is running already.");
        if (isPrepared && !Directory.Exists(DataDirectory)) await PreparedData.CopyToAsync(DataDirectory);

        var start = Command(["serve"]);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Append(line.Data, output);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        // By its folder, for by then the number may be another process's.
        AtExit.Run($"readlink /proc/{process.Id}/cwd | grep -q '^{Folder}' && kill -9 {process.Id}");
        await WaitForDiscoveryAsync(ct);
    }

    /// <summary>Stops the clock of this process, as a paused virtual machine does: everything else continues.</summary>
    public Task PauseAsync(CancellationToken ct) => SignalAsync("STOP", ct);

    public Task ResumeAsync(CancellationToken ct) => SignalAsync("CONT", ct);

    /// <summary>The end that no handler sees (SIGKILL).</summary>
    public async Task KillAsync(CancellationToken ct)
    {
        await SignalAsync("KILL", ct);
        await ForgetAsync(ct);
    }

    /// <summary>Asks for the end (SIGTERM) and waits for it; the exit code.</summary>
    public async Task<int> StopAsync(CancellationToken ct)
    {
        await SignalAsync("TERM", ct);
        return await ForgetAsync(ct);
    }

    /// <summary>Runs another command of the program with this configuration, beside the server or without it.</summary>
    public Task<Outcome> RunAsync(IReadOnlyList<string> args, string? stdin = null, CancellationToken ct = default) =>
        Programs.RunAsync(Command(args), stdin, ct);

    /// <param name="args">The command.</param>
    /// <param name="said">Is called with each line of its standard error as it comes.</param>
    /// <param name="ct">Kills it.</param>
    public Task<Outcome> RunAsync(IReadOnlyList<string> args, Action<string> said, CancellationToken ct) =>
        Programs.RunAsync(Command(args), input: null, said, ct);

    /// <summary>
    /// Connects to this replica whatever host a request names, and trusts nobody but the authority in <see cref="CaFile"/>.
    /// The certificate must still be for the name in the request.
    /// </summary>
    /// <param name="from">The address of this machine that the server is to see; null: whichever it is.</param>
    public SocketsHttpHandler CreateHandler(IPAddress? from = null) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectCallback = (_, ct) => ConnectAsync(from, ct),
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = IsOurs },
    };

    public BrowserClient CreateBrowser() => new(CreateHandler(), Issuer);

    public RelyingParty CreateClient(string clientId = "kubernetes", string redirectUri = "http://localhost:8000", string? secret = null) =>
        new(CreateHandler(), Issuer, clientId, redirectUri) { Secret = secret };

    /// <summary>
    /// Adds a local account as <c>people add</c> does, and with what that runs, but in this process: to start another one takes ten times
    /// as long. The command itself is what a program of the test's own gets (<see cref="Program"/>).
    /// </summary>
    public async Task<Account> AddAccountAsync(string username, CancellationToken ct, params string[] groups)
    {
        const string password = "correct horse battery staple";
        var code = Program is null
            ? await AddAsync(new NewAccount(username, $"{username}@example.com", groups, password), ct)
            : await AddByCommandAsync(username, password, groups, ct);
        return new Account(username, password, code, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null) await KillAsync(CancellationToken.None);
        Directory.Delete(Folder, recursive: true);
    }

    private async Task<string> AddAsync(NewAccount account, CancellationToken ct)
    {
        var answer = SettingsLoader.Load(configFile, Folder, environment, publicUrl: null);
        if (answer is not SettingsAnswer.Usable { Settings: var settings })
            throw new InvalidOperationException($"The configuration of the server is unusable: {answer}");

        await using var services = new ServiceCollection().AddLogging().AddCommon(settings).BuildServiceProvider();
        var database = services.GetRequiredService<Database>();
        await database.PrepareAsync(migrate: false, ct);
        await services.UnlockAuditAsync(ct);
        await using var scope = services.CreateAsyncScope();
        var added = await scope.ServiceProvider.GetRequiredService<LocalAccounts>().AddAsync(account, Actor.CommandLine, ct);

        // A test may put other files in the place of the database's, or send its server away.
        await using (var connection = await database.OpenAsync(ct))
        {
            if (connection is SqliteConnection file) SqliteConnection.ClearPool(file);
        }

        return added is AddedAccount.Added { EnrolmentCode: var code }
            ? code
            : throw new InvalidOperationException($"{account.Username} was not added: {added}");
    }

    private async Task<string> AddByCommandAsync(string username, string password, string[] groups, CancellationToken ct)
    {
        var outcome = await RunAsync(
            ["people", "add", username, "--email", $"{username}@example.com", .. groups.SelectMany(group => (string[])["--group", group]),
                "--output", "json"], password, ct);
        return JsonDocument.Parse(outcome.Succeeded().Output).RootElement.GetProperty("enrolmentCode").GetString()!;
    }

    private ProcessStartInfo Command(IReadOnlyList<string> args)
    {
        if (!File.Exists(ServerDll))
            throw new InvalidOperationException($"{ServerDll} is missing: build the solution in the configuration of the tests.");

        var program = Program?.Invoke(this) ?? [DotnetHost, ServerDll];
        var start = new ProcessStartInfo(program[0]) { WorkingDirectory = Folder };
        foreach (var word in (string[])[.. program.Skip(1), .. args, .. configFile is null ? (string[])[] : ["--config", configFile]])
            start.ArgumentList.Add(word);
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("KUBEIDP__", StringComparison.OrdinalIgnoreCase))
            .ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return start;
    }

    private async Task WaitForDiscoveryAsync(CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(StartLimit);
        using var client = new HttpClient(CreateHandler());
        client.DefaultRequestHeaders.Host = Issuer.Authority;
        var document = new UriBuilder(Issuer) { Scheme = Address.Scheme,
            Path = $"{Issuer.AbsolutePath.TrimEnd('/')}/.well-known/openid-configuration" }.Uri;
        while (!await AnswersAsync(client, document, limit.Token))
        {
            if (Running.HasExited)
            {
                var exitCode = await ForgetAsync(ct);
                throw new InvalidOperationException($"The server ended with exit code {exitCode}:\n{Log}");
            }

            if (limit.IsCancellationRequested)
            {
                await KillAsync(CancellationToken.None);
                ct.ThrowIfCancellationRequested();
                throw new TimeoutException($"The server did not answer at {document} within {StartLimit}:\n{Log}");
            }
        }
    }

    private static async Task<bool> AnswersAsync(HttpClient client, Uri document, CancellationToken ct)
    {
        try
        {
            using var response = await client.GetAsync(document, ct);
            if (response.StatusCode == HttpStatusCode.OK) return true;
            await Task.Delay(50, ct);
        }
        catch (HttpRequestException)
        {
            // Not listening yet; the caller sees to it that this ends.
            await Task.Delay(50, CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
        }

        return false;
    }

    private async ValueTask<Stream> ConnectAsync(IPAddress? from, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (from is not null) socket.Bind(new IPEndPoint(from, 0));
            await socket.ConnectAsync(Address.Host, Address.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private bool IsOurs(object sender, X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0 || !File.Exists(CaFile)) return false;

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(CaFile);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (var element in presented?.ChainElements.Skip(1) ?? [])
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        return chain.Build((X509Certificate2)certificate);
    }

    private async Task SignalAsync(string signal, CancellationToken ct)
    {
        var start = new ProcessStartInfo("kill");
        start.ArgumentList.Add($"-{signal}");
        start.ArgumentList.Add(ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var outcome = await Programs.RunAsync(start, input: null, ct);
        if (!Running.HasExited) outcome.Succeeded();
    }

    private async Task<int> ForgetAsync(CancellationToken ct)
    {
        var ended = Running;
        await ended.WaitForExitAsync(ct);
        process = null;

        // Not disposed: a start that is waited for may ask about the same process at this moment.
        return ended.ExitCode;
    }

    private void Append(string? line, List<string>? also = null)
    {
        if (line is null) return;
        lock (log)
        {
            log.AppendLine(line);
            also?.Add(line);
        }
    }
}
