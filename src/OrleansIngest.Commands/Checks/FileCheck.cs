using System.Globalization;
using System.Text;
using Npgsql;
using OrleansIngest.Commands;
using OrleansIngest.Commands.Databases;
using OrleansIngest.Commands.Loading;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Commands.Tables;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Loading.Routing;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Rows;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Commands.Checks;

/// <summary>Checks one file as if it were loaded.</summary>
static class FileCheck
{
    const int LongestRaw = 1000;

    /// <summary>Reads and maps the file; writes nothing.</summary>
    /// <exception cref="CliException">The table cannot be loaded.</exception>
    public static async Task<CheckFileResult> RunAsync(
        CliContext context, string path, PipelineOptions pipeline, int shown, CancellationToken cancellationToken)
    {
        await using var database = await OpenDatabase.OpenAsync(context, "ingest/check", cancellationToken);
        await using var connection = await database.DataSource.OpenConnectionAsync(cancellationToken);
        try
        {
            await CorruptRecordsTable.CheckAsync(connection, cancellationToken);
            await using var trial = await WithLedgerAsync(connection, cancellationToken);
            pipeline = FileRoute.Of(pipeline, path);
            var run = await new DryRun(pipeline, connection, context.Time).RunAsync(path, shown, cancellationToken);
            return new CheckFileResult(
                path, pipeline.Table, run.Refusal, run.Good, run.Rejected, run.Skipped, run.Bytes, run.ByReason,
                [.. run.Rejects.Select(Readable)], run.NotTried, run.ColumnsNote);
        }
        catch (TargetTableException exception)
        {
            throw new CliException(exception.IsMissing && pipeline.CreateTable
                ? $"table {pipeline.Table} does not exist yet; this file would create it (createTable): ingest init {path} shows "
                    + "its columns"
                : exception.Message);
        }
        catch (Exception exception) when (exception is MigrationException || IsWithoutLedger(exception))
        {
            throw new CliException("the database lacks the ledger's tables: run ingest migrate first");
        }
    }

    /// <summary>Of a ledger that is older than this program, or after an error in the transaction of
    /// <see cref="WithLedgerAsync"/>.</summary>
    static bool IsWithoutLedger(Exception exception) => exception is PostgresException server
        && server.SqlState is PostgresErrorCodes.UndefinedFunction or PostgresErrorCodes.InvalidSchemaName
            or PostgresErrorCodes.InFailedSqlTransaction;

    /// <summary>A file can be checked before anything was loaded: a database without a ledger gets one in a transaction that is
    /// never committed. Null if it has one.</summary>
    static async Task<NpgsqlTransaction?> WithLedgerAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await Migrations.HasLedgerAsync(connection, cancellationToken)) return null;
        var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await Migrations.ApplyWithinAsync(connection, cancellationToken);
        return transaction;
    }

    /// <summary>Prints it for people.</summary>
    public static void Print(CheckFileResult result, TextWriter output)
    {
        var text = CultureInfo.InvariantCulture;
        if (result.Refusal is not null)
        {
            output.WriteLine($"FAIL  {result.File}: {result.Refusal}");
            return;
        }

        if (result.ColumnsNote is { } note)
            NotePrinter.Print(note, Path.GetFileName(result.File), result.Table, output);
        foreach (var reject in result.Rejects)
        {
            var place = reject.Line is { } line ? string.Create(text, $"line {line}")
                : string.Create(text, $"record {reject.Record}");
            output.WriteLine($"{place}: {reject.Reason}{(reject.Column is null ? "" : " " + reject.Column)}: {reject.Detail}");
            output.WriteLine($"    {reject.Raw.ReplaceLineEndings("⏎")}");
        }

        if (result.NotTried.Count > 0)
            output.WriteLine(
                $"note  not checked, because the server checks it when a row is inserted: "
                    + $"{SafeText.Of(string.Join(", ", result.NotTried))}");
        if (result.RowsRejected > result.Rejects.Count)
            output.WriteLine(string.Create(text, $"… and {result.RowsRejected - result.Rejects.Count:N0} more"));
        foreach (var (reason, count) in result.ByReason)
            output.WriteLine(string.Create(text, $"{count,10:N0}  {reason}"));
        output.WriteLine(string.Create(
            text,
            $"{(result.RowsRejected == 0 ? "ok    " : "")}{result.File}: {Counted.Of(result.RowsGood, "row")} for "
            + $"{result.Table}, {result.RowsRejected:N0} would be rejected, {Counted.Of(result.RowsSkipped, "skipped line")}; "
            + $"nothing was written"));
    }

    static CheckReject Readable(RejectedRow row)
    {
        var raw = Encoding.UTF8.GetString(row.Raw).Replace('\0', '\uFFFD');
        return new CheckReject(
            row.Line > 0 ? row.Line : null, row.RecordNumber, row.ByteOffset, row.Reason, row.Column, row.Detail,
            raw.Length <= LongestRaw ? raw : raw[..LongestRaw] + "…");
    }
}
