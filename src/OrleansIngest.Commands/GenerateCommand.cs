using System.CommandLine;
using System.Globalization;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Generator;

namespace OrleansIngest.Commands;

/// <summary>Writes files of e-commerce events.</summary>
sealed class GenerateCommand : IngestCommand
{
    static readonly TimeSpan StandardSlowPause = TimeSpan.FromSeconds(2);
    static readonly DateTimeOffset StandardStart = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    readonly Option<string> _out = new("--out")
    {
        Description = "Output directory, created if missing. Default: data/events",
        HelpName = "DIR",
        DefaultValueFactory = _ => "data/events",
    };

    readonly Option<long> _files = UnitOptions.Count("--files", "Number of files; 0 to continue until Ctrl-C or SIGTERM", 20, 0,
        10_000_000);
    readonly Option<long> _rows = UnitOptions.Count("--rows", "Records per file", 100, 0, 1_000_000_000);
    readonly Option<TimeSpan> _interval = UnitOptions.Duration("--interval", "Time between two files; 0 for as fast as possible",
        TimeSpan.FromSeconds(5));
    readonly Option<double> _corrupt = UnitOptions.Share("--corrupt", "Share of invalid records, such as 0.01 or 1%", 0);
    readonly Option<long> _seed = UnitOptions.Count("--seed", "Seed of the random numbers; the same seed produces the same bytes",
        42, long.MinValue, long.MaxValue);

    readonly Option<DateTimeOffset> _start = new("--start")
    {
        Description = "Time of the first event; events are about 250 ms apart. Default: 2025-01-01T00:00:00Z",
        HelpName = "INSTANT",
        DefaultValueFactory = _ => StandardStart,
        CustomParser = result =>
        {
            if (DateTimeOffset.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
                out var start))
                return start;
            result.AddError($"--start must be an instant such as 2025-01-01T00:00:00Z, not '{result.Tokens[0].Value}'");
            return default;
        },
    };

    readonly Option<string> _prefix = new("--prefix")
    {
        Description = "Files are named PREFIX-000001.csv and so on. Default: events",
        HelpName = "PREFIX",
        DefaultValueFactory = _ => "events",
    };

    readonly Option<TimeSpan?> _slowWrite = UnitOptions.Duration(
        "--slow-write",
        "Write half of each file under its final name, pause (2s if no TIME is given), write the rest: a careless producer");

    readonly Option<string?> _manifest = new("--manifest")
    {
        Description = "File for the list of what the files contain. Default: manifest.json in the parent of --out",
        HelpName = "FILE",
    };

    readonly Option<bool> _append = new("--append")
    { Description = "If such files exist, continue their numbering and append to the manifest" };
    readonly Option<bool> _overwrite = new("--overwrite")
    { Description = "If such files exist, replace those of the same name and start a new manifest" };

    public GenerateCommand()
        : base(
            "generate",
            "Generate CSV files of e-commerce events, and a manifest of the rows they must become. Each file is renamed into "
                + "place when it is complete.",
            "ingest generate                                            # 20 files of 100 rows, one every 5 s, in data/events",
            "ingest generate --files 1 --rows 1000000 --interval 0      # one large file, at once",
            "ingest generate --corrupt 1% --append                      # 20 more files, one record in 100 wrong",
            "ingest generate --out /tmp/in --slow-write 3s              # half-written files, on purpose")
    {
        _slowWrite.Arity = ArgumentArity.ZeroOrOne;
        foreach (var option in new Option[] { _out, _files, _rows, _interval, _corrupt, _seed, _start, _prefix, _slowWrite,
            _manifest, _append, _overwrite })
            Add(option);
        Validators.Add(result =>
        {
            if (result.GetValue(_append) && result.GetValue(_overwrite))
                result.AddError("--append and --overwrite cannot be combined");
        });
    }

    /// <inheritdoc/>
    public override int ExitCodeWhenStopped(ParseResult parsed) =>
        parsed.GetValue(_files) == 0 ? ExitCode.Done : ExitCode.Interrupted;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        var options = Wanted(context);
        var began = context.Time.GetTimestamp();
        var tally = new Tally(context, options.Files);
        try
        {
            await EventGenerator.WriteAsync(options, tally, context.Time, cancellationToken);
        }
        catch (ArgumentException exception)
        {
            throw CliException.Usage(exception.Message);
        }
        catch (FilesExistException exception)
        {
            throw CliException.Usage(
                $"{exception.ExistingPath} already exists: --append continues the numbering, --overwrite replaces");
        }

        var result = tally.Result(context.Time.GetElapsedTime(began).TotalSeconds, options.FullManifestPath);
        if (context.Json)
            context.WriteJson(result, ResultJson.Default.GenerateResult);
        else
            context.Output.WriteLine(Sentence(result, options.OutputDirectory));
        return ExitCode.Done;
    }

    GeneratorOptions Wanted(CliContext context) => new()
    {
        OutputDirectory = context.FullPath(context.Get(_out)!),
        Files = (int)context.Get(_files),
        RowsPerFile = context.Get(_rows),
        Interval = context.Get(_interval),
        CorruptShare = context.Get(_corrupt),
        Seed = context.Get(_seed),
        Start = context.Get(_start),
        Prefix = context.Get(_prefix)!,
        SlowWritePause = context.IsGiven(_slowWrite) ? context.Get(_slowWrite) ?? StandardSlowPause : null,
        ManifestPath = context.Get(_manifest) is { } manifest ? context.FullPath(manifest) : null,
        Existing = context.Get(_append) ? ExistingFiles.Append
            : context.Get(_overwrite) ? ExistingFiles.Overwrite : ExistingFiles.Refuse,
    };

    static string Sentence(GenerateResult result, string directory) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Counted.Of(result.Files, "file")}, {Counted.Of(result.Records, "record")} ({result.Corrupt:N0} corrupt, "
        + $"{Counted.Of(result.BlankLines, "blank line")} in addition), {Counted.Of(result.Bytes, "byte")} in {directory}, "
        + $"{result.Seconds:N1} s; manifest: {result.Manifest}");

    /// <summary>Counts this run's files, and shows the progress on a terminal.</summary>
    sealed class Tally(CliContext context, int expected) : IProgress<GeneratedFile>
    {
        int _files;
        long _records, _good, _corrupt, _blankLines, _bytes;

        public void Report(GeneratedFile value)
        {
            _files++;
            _records += value.Records;
            _good += value.Good;
            _corrupt += value.Corrupt;
            _blankLines += value.BlankLines;
            _bytes += value.Bytes;
            if (context.Surroundings.ErrorIsTerminal)
            {
                var of = expected == 0 ? "" : $"/{expected}";
                context.Error.WriteLine(
                    $"{_files}{of}  {value.Name}  {Counted.Of(value.Records, "record")}, {value.Corrupt} corrupt, size "
                        + $"{SizeText.Format(value.Bytes)}");
            }
        }

        public GenerateResult Result(double seconds, string manifest) =>
            new(_files, _records, _good, _corrupt, _blankLines, _bytes, Math.Round(seconds, 3), manifest);
    }
}
