using System.Globalization;
using System.Text;
using CsCheck;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Postgres.Tests.Loading.Appending;

/// <summary>Random changes of one file against the simplest model: with <c>onRewrite: replace</c> the table has what the file has
/// now, each record once, with its line and number; and what the ledger says adds up.</summary>
public sealed class AppendModelTests
{
    enum Change
    {
        Add,
        AddHalfALine,
        Rewrite,
        ChangeOneByte,
        Touch,
    }

    static readonly string[] Kinds = ["{0},n\n", "{0},\"a\nb\"\n", "x,{0}\n", "\n", "{0},\"q\"\"q\"\r\n"];

    static string Lines(int[] kinds, ref int next)
    {
        var text = new StringBuilder();
        foreach (var kind in kinds) text.Append(string.Format(CultureInfo.InvariantCulture, Kinds[kind], next++));
        return text.ToString();
    }

    [Fact]
    public async Task Append_RandomChanges_TableHasWhatTheFileHas()
    {
        var lines = Gen.Int[0, Kinds.Length - 1].Array[1, 8];
        var change = Gen.Frequency(
            (6, Gen.Const(Change.Add)), (1, Gen.Const(Change.AddHalfALine)), (1, Gen.Const(Change.Rewrite)),
            (1, Gen.Const(Change.ChangeOneByte)), (1, Gen.Const(Change.Touch)));
        await Gen.Select(Gen.Int[1, 4], Gen.Select(change, lines).Array[1, 8]).SampleAsync(
            async sample => await RunAsync(sample.Item1, sample.Item2), iter: 25, threads: 1);
    }

    static async Task RunAsync(int batchRecords, (Change Change, int[] Lines)[] changes)
    {
        await using var bench = await AppendTests.BenchAsync(
            p => (p.OnRewrite, p.BatchRecords) = (RewritePolicy.Replace, batchRecords));
        var next = 1;
        var text = "id,note\n1,first\n";
        next++;
        bench.Write("a.csv", text);
        await LoadAndCompareAsync(bench, text);
        foreach (var (change, kinds) in changes)
        {
            text = change switch
            {
                Change.Add => text + Lines(kinds, ref next),
                Change.AddHalfALine => text + Lines(kinds, ref next) + $"{next++},half",
                Change.Rewrite => "id,note\n" + $"{next++},first\n" + Lines(kinds, ref next),
                Change.ChangeOneByte => text[..8] + (text[8] == '9' ? '8' : '9') + text[9..] + Lines(kinds, ref next),
                _ => text,
            };
            bench.Write("a.csv", text);
            await LoadAndCompareAsync(bench, text);
        }
    }

    static async Task LoadAndCompareAsync(LoadBench bench, string text)
    {
        var state = (await bench.LoadAsync(Path.Combine(bench.Folder, "a.csv"))).Single();

        state.Status.ShouldBeOneOf(["loaded", "ignored"], state.Reason);
        var (rows, bad) = Model(text);
        (await bench.RowsAsync("SELECT id, note, line, rec FROM t ORDER BY line")).ShouldBe(rows);
        (await bench.RowsAsync(
            "SELECT raw_record, line, record_number FROM corrupt_records WHERE status = 'open' ORDER BY line")).ShouldBe(bad);
        (await bench.RowsAsync(
            "SELECT file_id FROM ingest.file WHERE status = 'loaded' AND (records_read <> rows_loaded + rows_rejected + "
                + "rows_skipped OR bytes_read <> size OR sha256 IS NULL)"))
            .ShouldBeEmpty();
        (await bench.RowsAsync("SELECT coalesce(sum(rows_loaded), 0) FROM ingest.file WHERE status = 'loaded'")).ShouldBe(
            [$"{rows.Length}"]);
    }

    static (string[] Rows, string[] Bad) Model(string text)
    {
        var rows = new List<string>();
        var bad = new List<string>();
        int at = text.IndexOf('\n', StringComparison.Ordinal) + 1, line = 2, record = 1;
        for (; at < text.Length; record++)
        {
            var isQuoted = false;
            var end = at;
            while (end < text.Length && (isQuoted || text[end] != '\n')) isQuoted ^= text[end++] == '"';
            var raw = text[at..end].TrimEnd('\r');
            // What was added to half a line is a part of it: three fields.
            if (raw.StartsWith('x') || (raw.Contains("half", StringComparison.Ordinal) && raw.Count(c => c == ',') > 1))
                bad.Add($"{raw}|{line}|{record}");
            else if (raw.Length > 0)
            {
                var note = raw[(raw.IndexOf(',', StringComparison.Ordinal) + 1)..];
                if (note.StartsWith('"')) note = note[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal);
                rows.Add($"{raw[..raw.IndexOf(',', StringComparison.Ordinal)]}|{note}|{line}|{record}");
            }

            line += 1 + raw.Count(c => c == '\n');
            at = end + 1;
        }

        return ([.. rows], [.. bad]);
    }
}
