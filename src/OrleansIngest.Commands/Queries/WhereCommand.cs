using System.CommandLine;
using Npgsql;
using OrleansIngest.Commands.Arguments;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Commands.Tables;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Commands.Queries;

/// <summary>Finds the file and line of rows.</summary>
sealed class WhereCommand : QueryCommand
{
    const int Shown = 160;

    readonly Argument<string> _table = new("TABLE") { Description = "Table with the rows" };
    readonly Argument<string> _condition = new("CONDITION") { Description = "SQL condition, as after WHERE" };
    readonly Option<long> _limit = UnitOptions.Count("--limit", "Maximum number of rows", 20, 1, 10_000);

    public WhereCommand()
        : base(
            "where",
            "Show the file and line that rows came from. The pipeline's metadata must store {fileId} or {path}, and {line}, in "
                + "columns of the table.",
            "ingest where orders \"id = 17\"",
            "ingest where shop.orders \"total < 0\" --limit 100 --json")
    {
        Add(_table);
        Add(_condition);
        Add(_limit);
    }

    /// <inheritdoc/>
    protected override async Task<QueryResult> ReadAsync(
        CliContext context, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var table = context.Get(_table)!;
        var columns = await ColumnsAsync(context, dataSource, table, cancellationToken);
        IReadOnlyList<RowOrigin> rows;
        try
        {
            rows = await new OriginViews(dataSource).FindAsync(table, columns, context.Get(_condition)!, (int)context.Get(_limit),
                cancellationToken);
        }
        catch (PostgresException failure) when (failure.SqlState.StartsWith("42", StringComparison.Ordinal)
            || failure.SqlState.StartsWith("22", StringComparison.Ordinal))
        {
            throw new CliException($"{table} cannot be searched for this condition: {failure.MessageText}");
        }
        catch (FormatException incomplete)
        {
            throw new CliException($"{table} cannot be searched: {incomplete.Message}");
        }

        var shown = new TextTable(new("FILE", IsPath: true), new("LINE", true), new("RECORD", true, Rank: 2),
            new("VERSION", true, Rank: 3), new("STATUS", Rank: 2), new("LOADED", Rank: 3, IsInstant: true), new("ROW", Rank: 1))
        {
            WhenEmpty = "no row matches",
            IdentifyingColumns = 4,
        };
        foreach (var row in rows)
        {
            shown.Add(
                row.Path ?? "unknown", $"{row.Line}", $"{row.Record}", $"{row.Version}", row.Status,
                row.LoadedAt is { } at ? Readable.Instant(at) : "", SafeText.Brief(row.Row.GetRawText(), Shown));
        }

        return new QueryResult(() => ReadableJson.Of(rows, ViewJson.Default.IReadOnlyListRowOrigin), [shown]);
    }

    /// <summary>The configuration's pipelines for the table come first, then those of the ledger.</summary>
    static async Task<OriginColumns> ColumnsAsync(CliContext context, NpgsqlDataSource dataSource, string table,
        CancellationToken cancellationToken)
    {
        var pipelines = context.Configuration.Pipelines.Where(p => TableNames.Means(table, p.Table)).ToList();
        var ledger = new PipelineLedger(dataSource);
        var noted = await ledger.ConfigAsync(TableNames.PipelineFor("load", table), cancellationToken);
        if (noted is not null) pipelines.Add(PipelineJson.Read(noted));
        pipelines.AddRange((await ledger.ConfigsOfTargetAsync(table, cancellationToken)).Select(PipelineJson.Read));
        var found = pipelines.Select(OriginColumns.Of).FirstOrDefault(
            columns => columns.FileId is not null || columns.Path is not null);
        if (found is null) await ExpectTableAsync(dataSource, table, cancellationToken);
        return found ?? throw new CliException(
            $"the rows of {table} do not store their origin: add metadata to the pipeline, such as \"file_id\": \"{{fileId}}\" "
                + $"and \"line\": \"{{line}}\", "
            + "and columns of these names to the table; rows loaded from then on will have it");
    }

    /// <summary>A mistyped table must not look like one whose rows have no origin.</summary>
    static async Task ExpectTableAsync(NpgsqlDataSource dataSource, string table, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        try
        {
            await TargetTable.ReadAsync(connection, table, cancellationToken);
        }
        catch (TargetTableException missing) when (missing.IsMissing)
        {
            throw new CliException(missing.Message);
        }
        catch (TargetTableException)
        {
            // It exists, but cannot be loaded, such as a view: that is no obstacle to reading it.
        }
    }
}
