using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Npgsql;
using OrleansIngest.Commands.Configuration;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Commands.Verbs;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Pipelines;

/// <summary>A command that stores a new or changed pipeline in the database: from a file, by single
/// settings, or in an editor.</summary>
abstract class PipelineChange : VerbCommand
{
    readonly Option<string[]> _set = new("--set")
    {
        Description =
            "Set a property, such as settleTime=2s, csv.delimiter=; or watch=/data/in; repeatable. A value is JSON or text; null "
                + "restores the default",
        HelpName = "PROPERTY=VALUE",
    };

    readonly Option<string?> _file = new("--file")
    {
        Description = "Read the pipeline from this file, in the format of ingest.json; - for standard input",
        HelpName = "FILE"
    };

    /// <inheritdoc cref="IngestCommand(string, string, string[])"/>
    protected PipelineChange(string name, string description, params string[] examples)
        : base(name, description, examples)
    {
        Add(_file);
        Add(_set);
    }

    /// <summary>Whether <c>--file</c> or <c>--set</c> is given.</summary>
    protected bool IsSaid(CliContext context) => context.Get(_file) is not null || context.Get(_set) is { Length: > 0 };

    /// <summary>The pipelines to store.</summary>
    /// <param name="context">The command line.</param>
    /// <param name="start">The pipeline that <c>--set</c> changes without <c>--file</c>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="CliException">They are invalid.</exception>
    protected async Task<IReadOnlyList<PipelineOptions>> ReadAsync(
        CliContext context, JsonObject start, CancellationToken cancellationToken)
    {
        var settings = context.Get(_set) ?? [];
        var (text, name) = context.Get(_file) is { } file ? await TextOfAsync(context, file, cancellationToken)
            : (PipelineText.Write(start), "--set");
        if (settings.Length > 0)
        {
            var pipeline =
                JsonNode.Parse(text, documentOptions: new()
                {
                    CommentHandling = System.Text.Json.JsonCommentHandling.Skip,
                    AllowTrailingCommas = true
                }) as JsonObject
                ?? throw CliException.Usage($"{name}: must be an object");
            if (pipeline.ContainsKey("pipelines"))
                throw CliException.Usage("--set changes one pipeline, but the file has a list");
            foreach (var setting in settings) PipelineText.Set(pipeline, setting);
            // Lines and columns would be those of a text that nobody wrote.
            return PipelineText.Read(
                PipelineText.Write(pipeline), context.Get(_file) is null ? name : $"{name} with --set",
                context.Surroundings.WorkingDirectory, hasPlaces: false);
        }

        return PipelineText.Read(text, name, context.Surroundings.WorkingDirectory);
    }

    /// <summary>Lets a person change a pipeline in <c>$VISUAL</c> or <c>$EDITOR</c>.</summary>
    protected static async Task<IReadOnlyList<PipelineOptions>> EditAsync(
        CliContext context, string name, JsonObject start, CancellationToken cancellationToken)
    {
        // readable only by its owner: the options may contain a secret
        var directory = Directory.CreateTempSubdirectory("ingest-");
        var path = Path.Combine(directory.FullName, $"{name}.json");
        await File.WriteAllTextAsync(path, PipelineText.Write(start), cancellationToken);
        var editor = Of("VISUAL") ?? Of("EDITOR") ?? "vi";
        var program = new ProcessStartInfo("/bin/sh", ["-c", $"{editor} \"$1\"", "sh", path]);
        int code;
        try
        {
            code = await ForegroundProgram.RunAsync(program);
        }
        catch (Win32Exception failure)
        {
            throw new CliException($"cannot start {editor}: {failure.Message}");
        }

        if (code != 0)
            throw new CliException($"{editor} exited with code {code}, so nothing was changed; the edited text is in {path}");
        try
        {
            var changed = PipelineText.Read(await File.ReadAllTextAsync(path, cancellationToken), path,
                context.Surroundings.WorkingDirectory);
            directory.Delete(recursive: true);
            return changed;
        }
        catch (CliException wrong)
        {
            throw CliException.Usage(
                $"{wrong.Message}\nNothing was changed. Correct the file and run: ingest pipeline edit {name} --file {path}");
        }

        string? Of(string variable) => context.Surroundings.Environment.TryGetValue(variable, out var value) && value.Length > 0
            ? value : null;
    }

    /// <summary>Stores them, one after another.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    protected static async Task<int> PutAsync(
        CliContext context, NpgsqlDataSource dataSource, IReadOnlyList<PipelineOptions> pipelines, int after, OperatorAct act,
        CancellationToken cancellationToken)
    {
        if (pipelines.Count == 0) throw CliException.Usage("the file has no pipeline");
        await RefuseNamesOfFilesAsync(context, pipelines);
        var store = new PipelineStore(dataSource);
        var items = new List<VerbReportItem>();
        foreach (var pipeline in pipelines)
            items.Add(VerbReportItem.Of(pipeline.Name, await store.PutAsync(pipeline, after, act, cancellationToken)));
        return new VerbReport(items).Print(context);
    }

    /// <summary>A silo that starts with the configuration of this directory would find the name twice.</summary>
    static Task RefuseNamesOfFilesAsync(CliContext context, IReadOnlyList<PipelineOptions> pipelines)
    {
        if (context.ConfigurationTexts.IsAbsent) return Task.CompletedTask;
        foreach (var pipeline in pipelines)
        {
            if (NamedDatabases.Problem(pipeline, context.Configuration.Databases) is { } unknown)
                throw CliException.Usage($"pipeline {pipeline.Name}: database: {unknown}");
            if (context.Configuration.Origins.TryGetValue(pipeline.Name, out var file))
                throw new CliException(
                    $"pipeline {pipeline.Name} is in {file}; a pipeline is either in a file or in the database: remove it there "
                        + "first, or choose another name");
        }

        return Task.CompletedTask;
    }

    static async Task<(string Text, string Name)> TextOfAsync(
        CliContext context, string file, CancellationToken cancellationToken)
    {
        try
        {
            if (file != "-") return (await File.ReadAllTextAsync(context.FullPath(file), cancellationToken), file);
            using var reader = new StreamReader(context.Surroundings.Input());
            return (await reader.ReadToEndAsync(cancellationToken), "standard input");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage($"cannot read the pipeline: {failure.Message}");
        }
    }
}

/// <summary>Puts new pipelines into the database.</summary>
sealed class PipelineAddCommand : PipelineChange
{
    readonly Argument<string?> _name = new("NAME")
    {
        Description = "Name of the pipeline. Default: the name in the file",
        Arity = ArgumentArity.ZeroOrOne
    };

    public PipelineAddCommand()
        : base(
            "add",
            "Add a pipeline to the database: every silo on it runs the pipeline within seconds. Directories must exist under the "
                + "same paths on all silos.",
            "ingest pipeline add orders --set table=shop.orders --set watch=/data/orders",
            "ingest pipeline add --file orders.json --why 'new shop'",
            "ingest init orders.csv --json | jq .configuration | ingest pipeline add --file -")
    {
        Add(_name);
    }

    /// <inheritdoc/>
    protected override async Task<int> DoAsync(CliContext context, NpgsqlDataSource dataSource, OperatorAct act,
        CancellationToken cancellationToken)
    {
        if (!IsSaid(context)) throw CliException.Usage("pipeline add needs --file, or --set with at least table and watch");
        var start = new JsonObject();
        if (context.Get(_name) is { } given) start["name"] = given;
        var pipelines = await ReadAsync(context, start, cancellationToken);
        if (context.Get(_name) is { } name && pipelines.Any(pipeline => pipeline.Name != name))
            throw CliException.Usage($"the file has pipeline {pipelines[0].Name}, not {name}");
        return await PutAsync(context, dataSource, pipelines, after: 0, act, cancellationToken);
    }
}

/// <summary>Changes a pipeline that is in the database.</summary>
sealed class PipelineEditCommand : PipelineChange
{
    readonly Argument<string> _name = new("NAME") { Description = "A pipeline in the database" };

    public PipelineEditCommand()
        : base(
            "edit",
            "Change a pipeline in the database, in $VISUAL or $EDITOR, with --set or with --file. The change applies to files "
                + "claimed from then on.",
            "ingest pipeline edit orders",
            "ingest pipeline edit orders --set settleTime=2s --set csv.delimiter=';' --why 'slow uploads'",
            "ingest pipeline edit orders --file orders.json")
    {
        Add(_name);
    }

    /// <inheritdoc/>
    protected override async Task<int> DoAsync(CliContext context, NpgsqlDataSource dataSource, OperatorAct act,
        CancellationToken cancellationToken)
    {
        var name = context.Get(_name)!;
        var kept = await new PipelineStore(dataSource).FindAsync(name, cancellationToken)
            ?? throw new CliException(
                $"pipeline {name} is not stored in the database; see ingest pipeline list, or add it with ingest pipeline add");
        var start = (JsonObject)JsonNode.Parse(kept.Config!)!;
        var pipelines = IsSaid(context) ? await ReadAsync(context, start, cancellationToken)
            : await EditAsync(context, name, start, cancellationToken);
        if (pipelines is not [var pipeline] || pipeline.Name != name)
            throw CliException.Usage($"edit cannot rename pipeline {name}: remove it and add another one instead");
        return await PutAsync(context, dataSource, pipelines, kept.Version, act, cancellationToken);
    }
}
