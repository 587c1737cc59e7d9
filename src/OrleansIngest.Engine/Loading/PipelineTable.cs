using Npgsql;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Tables;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Loading;

/// <summary>The checks of a pipeline's table that are possible without a file, made before anything is written to the
/// ledger.</summary>
public static class PipelineTable
{
    /// <summary>Checks that the table exists, can be loaded, and has the columns that the pipeline's rules refer to.</summary>
    /// <param name="options">The pipeline.</param>
    /// <param name="connection">Open.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="TargetTableException">The table does not fit; if it is missing, the message names similar
    /// tables.</exception>
    public static async Task CheckAsync(PipelineOptions options, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (options.IsTemplate)
        {
            await CheckSchemaAsync(options, connection, cancellationToken);
            return;
        }

        TargetTable table;
        try
        {
            table = await ReadAsync(options, connection, withShape: false, cancellationToken);
        }
        catch (TargetTableException failure) when (failure.IsMissing && options.CreateTable)
        {
            return; // its first file creates it
        }

        CheckRules(options, table);
        await Drift.TableDrift.CheckAsync(options, table, connection, cancellationToken);
        if (options.UsesStages && await StagedTarget.WhyNotAsync(connection, table.QuotedName, StagedTarget.DeletesOf(options),
            cancellationToken) is { } why)
        {
            throw new TargetTableException(why);
        }
    }

    /// <summary>If the table depends on the file, only its schema is known in advance.</summary>
    static async Task CheckSchemaAsync(PipelineOptions options, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var schema = TableTemplate.Parse(options.Table).Schema;
        await using var command = new NpgsqlCommand("SELECT to_regnamespace($1) IS NOT NULL", connection)
        { Parameters = { new() { Value = schema } } };
        if (await command.ExecuteScalarAsync(cancellationToken) is not true)
            throw new TargetTableException($"Schema {schema} of table {options.Table} does not exist: CREATE SCHEMA {schema}.");
    }

    /// <summary>Looks up the table with everything that the pipeline needs.</summary>
    internal static async Task<TargetTable> ReadAsync(
        PipelineOptions options, NpgsqlConnection connection, bool withShape, CancellationToken cancellationToken)
    {
        var table = withShape
            ? await TargetTable.ReadWithShapeAsync(connection, options.Table, cancellationToken)
            : await TargetTable.ReadAsync(connection, options.Table, cancellationToken);
        if (!options.IsMerge) return table;
        table = await table.WithMergeFactsAsync(connection, cancellationToken);
        MergeFactory.Check(options, table);
        return table;
    }

    /// <summary>The server's objections to the pipeline's expressions and look-ups, for a file with
    /// exactly the table's columns.</summary>
    /// <param name="options">The pipeline.</param>
    /// <param name="connection">Open, to a database with the ledger.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The problem, and whether only a file can decide, because an expression refers to names that the table lacks;
    /// null if there is no problem.</returns>
    /// <exception cref="TargetTableException">The table cannot be loaded, whatever the file.</exception>
    public static async Task<(string Refusal, bool DependsOnFile)?> ComputeRefusalAsync(
        PipelineOptions options, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var table = await TargetTable.ReadAsync(connection, options.Table, cancellationToken);
        if (!new ComputeFactory(options, table, types: null).IsNeeded) return null;
        var session = await SessionSettings.ReadAsync(connection, cancellationToken);
        string[] names = [.. table.Columns.Where(c => !c.IsGenerated && !options.Metadata.ContainsKey(c.Name))
            .Select(c => c.Name)];
        var all = new PipelineOptions
        {
            Name = options.Name,
            Table = options.Table,
            Metadata = options.Metadata,
            Compute = options.Compute,
            Rules = options.Rules
        };
        try
        {
            var layout = new CsvFormat(all.Csv).LayoutOf(names, names.Length, ",");
            await PlanFactory.SettledAsync(all, table, session, [], "", layout, DateTimeOffset.UnixEpoch, connection,
                cancellationToken);
            return null;
        }
        catch (HeaderException failure)
        {
            return (failure.Message, true);
        }
        catch (TargetTableException failure)
        {
            return (failure.Message, false);
        }
    }

    internal static void CheckRules(PipelineOptions options, TargetTable table)
    {
        ComputeFactory.Check(options, table);
        if (options.Rules.FirstOrDefault(rule => table.Columns.All(c => c.Name != rule.Column)) is { } rule)
            throw new TargetTableException(
                $"A rule of pipeline {options.Name} refers to column \"{rule.Column}\", which {table.QuotedName} does not have.");
    }
}
