namespace OrleansIngest.Commands.Shell;

/// <summary>Everything that a command takes from the process it runs in; tests give their own.</summary>
public sealed record CliSurroundings
{
    /// <summary>For results.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>For everything else: progress, logs, errors.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Opens standard input. Default: an empty one.</summary>
    public Func<Stream> Input { get; init; } = () => Stream.Null;

    /// <summary>Whether a person looks at <see cref="Output"/>.</summary>
    public bool OutputIsTerminal { get; init; }

    /// <summary>Asks whether nobody reads <see cref="Output"/> any more: a command that prints until it is stopped ends then.
    /// Default: somebody does.</summary>
    public Func<bool> OutputIsClosed { get; init; } = () => false;

    /// <summary>Whether a person looks at <see cref="Error"/>.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Asks how long the lines of a text for people may be, characters. Default: 100.</summary>
    public Func<int> OutputWidth { get; init; } = () => 100;

    /// <summary>Asks how long the lines of messages for people may be, characters. Default: 100.</summary>
    public Func<int> ErrorWidth { get; init; } = () => 100;

    /// <summary>Absolute path that relative paths start from.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>The environment variables.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Where the embedded PostgreSQL lives, beside token and uploads: below the working directory, where
    /// <c>ingest.json</c> and <c>.env</c> are read too, also when the script of a repository elsewhere has started the
    /// program.</summary>
    public string EmbeddedDirectory => Path.Combine(WorkingDirectory, ".ingest", "postgres");

    /// <summary>How a person calls the program from the working directory: by the repository's script if that has started it
    /// (<c>INGEST_ROOT</c>), else as on the <c>PATH</c>.</summary>
    public string Program => !Environment.TryGetValue("INGEST_ROOT", out var root) || root.Length == 0 ? "ingest"
        : Path.GetFullPath(root) == Path.GetFullPath(WorkingDirectory) ? "./ingest" : Path.Combine(root, "ingest");

    /// <summary>Whether the program runs in a container, as the images of .NET report it
    /// (<c>DOTNET_RUNNING_IN_CONTAINER</c>).</summary>
    public bool IsContainer =>
        Environment.TryGetValue("DOTNET_RUNNING_IN_CONTAINER", out var value) && value is ("true" or "1");

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Those of this process.</summary>
    public static CliSurroundings OfProcess() => new()
    {
        Output = Console.Out,
        Error = Console.Error,
        Input = Console.OpenStandardInput,
        OutputIsTerminal = !Console.IsOutputRedirected,
        OutputIsClosed = OutputPipe.IsClosed,
        OutputWidth = () => !Console.IsOutputRedirected && Console.WindowWidth is > 0 and var width ? width : 100,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        ErrorWidth = () => !Console.IsErrorRedirected && Console.WindowWidth is > 0 and var width ? width : 100,
        WorkingDirectory = Directory.GetCurrentDirectory(),
        Environment = System.Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal),
    };
}
