using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using OrleansIngest.Commands.Arguments;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Commands.Tables;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Inference;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands;

/// <summary>Suggests a table and a pipeline for a file.</summary>
sealed class InitCommand : IngestCommand
{
    readonly Argument<string> _file = new("FILE") { Description = "A sample file" };

    readonly Option<string?> _table = new("--table")
    {
        Description = "Target table, as table or schema.table. Default: the file's name without dates and numbers",
        HelpName = "TABLE",
    };

    readonly Option<string?> _watch = new("--watch")
    {
        Description = "Directory to watch. Default: the directory of the file",
        HelpName = "DIR"
    };

    readonly CsvArguments _csv = new("auto");

    readonly Option<string?> _format = FormatOption.Create();

    readonly ContentOptions _content = new("auto");

    readonly Option<bool> _keepNames = new("--keep-names")
    { Description = "Keep the column names of the file, quoted, instead of order_id for \"Order ID\"" };
    readonly Option<long> _sample = UnitOptions.Count("--sample", "Number of records to sample", 100_000, 1, 1_000_000_000);

    public InitCommand()
        : base(
            "init",
            "Propose a table and a pipeline configuration for a file. Nothing is created.",
            "ingest init orders-2026-01-03.csv                      # print both",
            "ingest init orders.csv --json | jq -r .createTable     # one of them, for psql",
            "ingest init orders.csv --json | jq .configuration > ingest.json")
    {
        Add(_file);
        foreach (var option in new Option[] { _table, _watch, _format, _keepNames, _sample })
            Add(option);
        AddGroup("Format", _content.AddTo);
        AddGroup("CSV and values", _csv.AddTo);
    }

    /// <inheritdoc/>
    public override Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        var file = context.FullPath(context.Get(_file)!);
        var csv = new CsvOptions { Delimiter = null };
        _csv.Apply(context, csv);
        var options = new PipelineOptions { Csv = csv };
        options.Excel.Header = csv.HeaderLines != 0;
        FormatOption.Apply(context, _format, options);
        _content.Apply(context, options);
        var inferred = Infer(file, options, context.Get(_sample), context.Get(_keepNames));
        var table = context.Get(_table) ?? SuggestedNames.Table(file);
        var watch = context.Get(_watch) is { } directory ? context.FullPath(directory) : Path.GetDirectoryName(file)!;
        var name = SuggestedNames.Pipeline(table);
        var pipeline = inferred.ToPipeline(name, Path.GetRelativePath(context.Surroundings.WorkingDirectory, watch), table);
        (pipeline.Format, pipeline.Encoding, pipeline.Compression) = (options.Format, options.Encoding, options.Compression);
        if (pipeline.Validate("pipelines[0]") is { Count: > 0 } problems)
            throw CliException.Usage(string.Join('\n', problems));

        var configuration = new JsonObject { ["pipelines"] = new JsonArray(PipelineJson.WriteBrief(pipeline)) };
        var result = new InitResult(inferred.CreateTable(table), configuration, inferred.Records, inferred.Unusable);
        if (context.Json)
        {
            context.WriteJson(result, ResultJson.Default.InitResult);
        }
        else
        {
            context.Output.WriteLine(
                $"-- from {Counted.Of(inferred.Records, "record")}; types are guessed; add NOT NULL, keys and indexes yourself");
            context.Output.WriteLine(result.CreateTable);
            context.Output.WriteLine();
            context.Output.WriteLine("// ingest.json");
            context.Output.WriteLine(ReadableJson.Of(configuration, isIndented: true));
        }

        foreach (var finding in inferred.Findings)
            context.Error.WriteLine($"ingest: {SafeText.Of(finding)}");
        if (inferred.Unusable > 0)
            context.Error.WriteLine($"ingest: ignored {Counted.Of(inferred.Unusable, "record")} that did not match the header");
        return Task.FromResult(ExitCode.Done);
    }

    static InferredTable Infer(string file, PipelineOptions options, long sample, bool keepNames)
    {
        try
        {
            return TableInference.Read(file, options, sample, new ColumnNaming { KeepNames = keepNames });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            if (Directory.Exists(file) || !Path.Exists(file)) FileArguments.One(file); // says it as load and check do
            throw CliException.Usage(exception.Message);
        }
    }
}
