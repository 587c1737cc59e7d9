using System.Net;
using System.Text;
using System.Text.Json;
using OrleansIngest.Cli.Commands;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Monitor.Tests.Api;

/// <summary><c>ingest monitor</c> as it is typed, within the test's process, on a port of its own; and a client for it.</summary>
sealed class MonitorProcess : IAsyncDisposable
{
    public const string OperatorToken = "operator-token-0123456789";
    public const string ViewerToken = "viewer-token-0123456789";

    readonly CancellationTokenSource _stop = new();
    readonly Task<int> _running;
    readonly string _folder;
    readonly Lines _error;

    MonitorProcess(Task<int> running, CancellationTokenSource stop, string folder, Lines error, Uri link)
    {
        (_running, _stop, _folder, _error, Link) = (running, stop, folder, error, link);
        Http = Client();
    }

    /// <summary>As printed, with the token if the program made one.</summary>
    public Uri Link { get; }

    /// <summary>Sends no token; knows no cookies.</summary>
    public HttpClient Http { get; }

    /// <summary>Everything on standard error so far, the log included.</summary>
    public string Said => _error.ToString();

    public string Folder => _folder;

    /// <param name="connectionString">Of the ledger, for Npgsql.</param>
    /// <param name="environment">More variables; with an operator's token unless it is given as empty.</param>
    /// <param name="arguments">More of the command line.</param>
    public static async Task<MonitorProcess> StartAsync(
        string connectionString, IReadOnlyDictionary<string, string>? environment = null, params string[] arguments)
    {
        var variables = new Dictionary<string, string>(environment ?? new Dictionary<string, string>());
        variables["DATABASE_URL"] = TestUrl.Of(connectionString);
        variables.TryAdd("INGEST_TOKEN", OperatorToken);
        var folder = TestPostgres.NewFolder();
        var stop = new CancellationTokenSource();
        var error = new Lines();
        var surroundings = new CliSurroundings
        {
            Output = TextWriter.Null,
            Error = error,
            ErrorIsTerminal = true,
            WorkingDirectory = folder,
            Environment = variables
        };
        string[] http = arguments.Contains("--http") ? [] : ["--http", "127.0.0.1:0"];
        var running = Task.Run(
            () => new IngestCli(AllCommands.Create()).RunAsync(["monitor", .. http, .. arguments], surroundings, stop.Token));
        var link = error.Link.Task;
        if (await Task.WhenAny(link, running) == running)
            throw new InvalidOperationException($"ingest monitor ended with {await running}: {error}");
        return new MonitorProcess(running, stop, folder, error, await link);
    }

    /// <summary>A client of this monitor.</summary>
    public HttpClient Client(string? token = null, Action<SocketsHttpHandler>? configure = null)
    {
        var handler = new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false };
        configure?.Invoke(handler);
        var client = new HttpClient(handler) { BaseAddress = new Uri(Link.GetLeftPart(UriPartial.Authority)) };
        if (token is not null) client.DefaultRequestHeaders.Add("Authorization", "Bearer " + token);
        return client;
    }

    /// <summary>The answer to a GET of <c>/api/v1</c>; it has to be 200.</summary>
    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await Http.GetAsync("/api/v1" + path, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, $"{path}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>The problem that a GET of <c>/api/v1</c> is answered with.</summary>
    public async Task<JsonElement> ProblemAsync(string path, HttpStatusCode status)
    {
        using var response = await Http.GetAsync("/api/v1" + path, TestContext.Current.CancellationToken);
        return await Problem.OfAsync(response, status);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Standard error, which says where the pages are.</summary>
    sealed class Lines : StringWriter
    {
        public TaskCompletionSource<Uri> Link { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override Encoding Encoding => Encoding.UTF8;

        public override void WriteLine(string? value)
        {
            lock (this) base.WriteLine(value);
            if (value?.StartsWith("pages ", StringComparison.Ordinal) == true)
                Link.TrySetResult(new Uri(value["pages ".Length..].Trim()));
        }

        public override string ToString()
        {
            lock (this) return base.ToString();
        }
    }
}
