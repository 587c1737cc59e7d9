using System.Globalization;
using System.Text;
using CsCheck;
using Npgsql;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Formats.Csv;

/// <summary>Where COPY knows an option, what it reads is what is read here.</summary>
public sealed class CopyOracleTests
{
    const int Fields = 3;

    /// <summary>Rows of any texts, written by the rules of a dialect that COPY knows: delimiter, quote, escape, null.</summary>
    [Fact]
    public async Task Open_RowsInADialectOfCopy_AreWhatCopyStores()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await using var connection = await database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await ExecuteAsync(connection, "CREATE TEMP TABLE c (id serial, a text, b text, c text)");
        var rows = 0;
        await Gen.Int.SampleAsync(
            async seed =>
            {
                var random = new Random(seed);
                var options = new CsvOptions
                {
                    Delimiter = ",;\t|"[random.Next(4)].ToString(),
                    Quote = "\"'"[random.Next(2)],
                    Escape = random.Next(2) == 0 ? '\\' : null,
                    NullValues = [random.Next(3) switch { 0 => "NULL", 1 => "n", _ => "" }],
                    HeaderLines = 0,
                    Quotes = (QuoteReading)random.Next(2),
                };
                var text = Write(random, options, out var written);
                rows += written;

                var copied = await CopyAsync(connection, options, text);

                Read(options, text).ShouldBe(copied, $"seed {seed}");
            },
            iter: 400, threads: 1);
        rows.ShouldBeGreaterThan(1000);
    }

    static string Write(Random random, CsvOptions options, out int rows)
    {
        var (quote, escape) = (options.Quote!.Value, options.Escape ?? options.Quote!.Value);
        string[] pieces = ["a", "b", "é", " ", "\n", "\r\n", "\\", "\\n", quote.ToString(), $"{quote}{quote}", options.Delimiter!,
            options.NullValues[0], "NULL", "n", "5"];
        var text = new StringBuilder();
        rows = random.Next(1, 8);
        for (var row = 0; row < rows; row++)
        {
            for (var field = 0; field < Fields; field++)
            {
                if (field > 0) text.Append(options.Delimiter);
                var value = string.Concat(Enumerable.Range(0, random.Next(5)).Select(_ => pieces[random.Next(pieces.Length)]));
                var mustQuote = value.IndexOfAny([quote, options.Delimiter![0], '\n', '\r']) >= 0 || value == "\\.";
                if (!mustQuote && random.Next(2) == 0) text.Append(value);
                else text.Append(quote).Append(Escaped(value, quote, escape)).Append(quote);
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    static string Escaped(string value, char quote, char escape) =>
        string.Concat(value.Select(c => c == quote || c == escape ? $"{escape}{c}" : c.ToString()));

    static async Task<List<string>> CopyAsync(NpgsqlConnection connection, CsvOptions options, string text)
    {
        await ExecuteAsync(connection, "TRUNCATE c RESTART IDENTITY");
        var with = $"FORMAT csv, DELIMITER {Literal(options.Delimiter!)}, QUOTE {Literal(options.Quote!.Value.ToString())}, "
            + $"ESCAPE {Literal((options.Escape ?? options.Quote).ToString()!)}, NULL {Literal(options.NullValues[0])}";
        await using (var writer = await connection.BeginTextImportAsync($"COPY c (a, b, c) FROM STDIN ({with})"))
            await writer.WriteAsync(text);
        await using var command = new NpgsqlCommand("SELECT a, b, c FROM c ORDER BY id", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
            rows.Add(string.Join('|',
                Enumerable.Range(0, Fields).Select(i => reader.IsDBNull(i) ? "NULL" : $"<{reader.GetString(i)}>")));
        return rows;
    }

    static string Literal(string text) =>
        $"E'{string.Concat(text.Select(c => $"\\x{((int)c).ToString("x2", CultureInfo.InvariantCulture)}"))}'";

    static List<string> Read(CsvOptions options, string text)
    {
        var format = new CsvFormat(options);
        using var content = new MemoryContent(Encoding.UTF8.GetBytes(text));
        var layout = format.LayoutOf([], Fields, options.Delimiter!);
        return format.Open(content, layout, new PositionSpan(0, content.Length!.Value), new RecordPosition(1, 1), new Rows());
    }

    static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    sealed class Rows : IRecordConsumer<List<string>>
    {
        public List<string> Use<TRecords>(TRecords records) where TRecords : struct, ITextRecords
        {
            var rows = new List<string>();
            for (var kind = records.Read(); kind != RecordKind.End; kind = records.Read())
                rows.Add(kind == RecordKind.Data ? string.Join('|', Row(ref records)) : kind.ToString());
            records.Dispose();
            return rows;
        }

        static List<string> Row<TRecords>(ref TRecords records) where TRecords : struct, ITextRecords
        {
            var fields = new List<string>();
            for (var i = 0; i < records.FieldCount; i++)
                fields.Add(records.Field(i).IsEmpty && records.IsNull(i) ? "NULL"
                    : $"<{Encoding.UTF8.GetString(records.Field(i))}>");
            return fields;
        }
    }
}
