using System.Globalization;
using System.Text;
using CsCheck;

namespace OrleansIngest.Postgres.Tests.Loading.Tailing;

/// <summary>A writer that does at random what writers of logs do, while its files are followed, against the simplest model: each
/// complete line is loaded once, with its line and number in its file. All names match, so that renamed
/// files are seen under both.</summary>
public sealed class TailModelTests
{
    enum Deed
    {
        Add,
        Half,
        Rename,
        Truncate,
        Idle,
        Restart,
    }

    static readonly string[] Kinds = ["{0},n\n", "{0},\"a\nb\"\n", "x,{0}\n", "\n", "{0},\"q\"\"q\"\r\n"];

    [Fact]
    public async Task Tail_RandomWriter_EachLineIsLoadedOnce()
    {
        var deed = Gen.Frequency(
            (6, Gen.Const(Deed.Add)), (3, Gen.Const(Deed.Half)), (3, Gen.Const(Deed.Rename)), (2, Gen.Const(Deed.Truncate)),
            (1, Gen.Const(Deed.Idle)),
            (2, Gen.Const(Deed.Restart)));
        await Gen.Select(deed, Gen.Int[0, Kinds.Length - 1].Array[1, 6], Gen.Int[1, 5]).Array[1, 14]
            .SampleAsync(RunAsync, iter: Environment.GetEnvironmentVariable("INGEST_LONG_TESTS") == "1" ? 200 : 12, threads: 1);
    }

    static async Task RunAsync((Deed Deed, int[] Lines, int Cut)[] deeds)
    {
        await using var tail = await TailBench.CreateAsync(
            p => (p.TailIdle, p.BatchRecords) = (TimeSpan.FromMilliseconds(400), 3));
        var writer = new Writer(tail.Log);
        foreach (var (deed, lines, cut) in deeds)
        {
            switch (deed)
            {
                case Deed.Add:
                    writer.Add(lines, 0);
                    break;
                case Deed.Half:
                    writer.Add(lines, cut);
                    break;
                case Deed.Rename:
                    if (writer.DropsOne) await IsLoadedAsync(tail, writer);
                    writer.Rename();
                    break;
                case Deed.Truncate:
                    await IsLoadedAsync(tail, writer); // what nobody has read is gone with it
                    writer.Truncate();
                    break;
                case Deed.Idle:
                    await tail.UntilAsync("all is quiet",
                        "SELECT NOT EXISTS (SELECT FROM ingest.file WHERE status IN ('discovered', 'ready', 'loading'))");
                    break;
                default:
                    await tail.EndAsync();
                    writer.Add(lines, 0);
                    if (cut % 2 == 0 && !writer.DropsOne) writer.Rename();
                    await tail.StartAsync();
                    break;
            }
        }

        await IsLoadedAsync(tail, writer);
        // Half a line that was deleted with its file after the file had been idle is missing, and the file says so.
        const string HalfIsLost =
            "status = 'quarantined' AND reason LIKE 'the file was renamed or deleted while it was not followed%'";
        await tail.UntilAsync("all is quiet",
            $"SELECT count(*) FILTER (WHERE {HalfIsLost}) <= {writer.HalvesLeft} AND count(*) FILTER (WHERE status NOT IN "
                + $"('loaded', 'ignored', 'vanished') AND ({HalfIsLost}) IS NOT TRUE) = 0 FROM ingest.file");
        var rows = await tail.Bench.RowsAsync("SELECT id, note, line, rec FROM t");
        rows.Where(row => writer.Good.Contains(row) || !writer.Unfinished.Contains(row)).Order(StringComparer.Ordinal)
            .ShouldBe(writer.Good.Order(StringComparer.Ordinal));
        rows.Distinct().Count().ShouldBe(rows.Length);
        var bad = await tail.Bench.RowsAsync("SELECT raw_record, line, record_number FROM corrupt_records");
        // A half may read like a whole line: x,1 of x,10.
        bad.Where(row => writer.Bad.Contains(row) || !writer.Unfinished.Contains(row.Split('|')[0])).Order(StringComparer.Ordinal)
            .ShouldBe(writer.Bad.Order(StringComparer.Ordinal));
        (await tail.Bench.RowsAsync(
            "SELECT file_id FROM ingest.file WHERE status = 'loaded' AND (records_read <> rows_loaded + rows_rejected + "
                + "rows_skipped OR bytes_read <> size)")).ShouldBeEmpty();
    }

    static Task IsLoadedAsync(TailBench tail, Writer writer) => tail.UntilAsync(
        "what is complete is loaded",
        $"SELECT (SELECT count(*) FROM t WHERE id = ANY ('{{{string.Join(',', writer.GoodIds)}}}'::int[])) >= "
            + $"{writer.GoodIds.Count} AND (SELECT count(*) FROM corrupt_records WHERE raw_record = ANY "
            + $"(string_to_array('{writer.BadRaw}', ' '))) >= {writer.Bad.Count}");

    /// <summary>The model: what was written, and what must come of it.</summary>
    sealed class Writer
    {
        readonly string _path;
        string _open = "";
        int _next = 1;
        int _line;
        int _record;
        int _names;

        public Writer(string path)
        {
            _path = path;
            Begin();
        }

        public List<string> Good { get; } = [];

        public List<int> GoodIds { get; } = [];

        public List<string> Bad { get; } = [];

        public string BadRaw => string.Join(' ', Bad.Select(b => b.Split('|')[0]));

        /// <summary>Of a line that was never completed: loaded if the file was renamed while it was followed.</summary>
        public HashSet<string> Unfinished { get; } = [];

        /// <summary>Lines that were never completed, in files that were renamed.</summary>
        public int HalvesLeft { get; private set; }

        public bool DropsOne => _names >= 2;

        /// <param name="kinds">Lines.</param>
        /// <param name="cut">Of the last line, as many characters are left out for now; 0: it is complete.</param>
        public void Add(int[] kinds, int cut)
        {
            var text = new StringBuilder(_open.Length > 0 ? Take() : "");
            foreach (var kind in kinds.SkipLast(cut > 0 ? 1 : 0)) text.Append(Line(kind));
            if (cut > 0)
            {
                var last = Line(kinds[^1], isOpen: true);
                var length = Math.Max(1, last.Length - cut);
                text.Append(last[..length]);
                _open = last;
                _written = length;
                if (length == last.Length) throw new InvalidOperationException("a line of one character is no half");
            }

            File.AppendAllText(_path, text.ToString());
        }

        int _written;
        Action? _completes;

        string Take()
        {
            var rest = _open[_written..];
            _completes!();
            (_open, _completes) = ("", null);
            return rest;
        }

        public void Rename()
        {
            if (_open.Length > 0) Leave(mayBeLoaded: true);
            if (DropsOne) File.Delete($"{_path}.{_names}");
            else _names++;
            for (var i = _names; i > 1; i--) File.Move($"{_path}.{i - 1}", $"{_path}.{i}", overwrite: true);
            File.Move(_path, $"{_path}.1", overwrite: true);
            Begin();
        }

        public void Truncate()
        {
            if (_open.Length > 0) Leave(mayBeLoaded: false);
            File.WriteAllText(_path, "");
            Begin();
        }

        void Begin()
        {
            (_line, _record) = (2, 1);
            File.AppendAllText(_path, "id,note\n");
        }

        void Leave(bool mayBeLoaded)
        {
            if (mayBeLoaded)
            {
                HalvesLeft++;
                var raw = _open[.._written];
                Unfinished.Add(raw.TrimEnd('\n', '\r'));
                Unfinished.UnionWith(raw.Split('\n')); // an open quote: each line by itself
                var at = raw.IndexOf(',', StringComparison.Ordinal);
                if (at > 0) Unfinished.Add($"{raw[..at]}|{Note(raw[(at + 1)..].TrimEnd('\r'))}|{_line}|{_record}");
            }

            (_open, _completes) = ("", null);
        }

        static string Note(string text) => text.Length == 0 ? "NULL"
            : text is ['"', .., '"'] and { Length: > 1 } ? text[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : text;

        string Line(int kind, bool isOpen = false)
        {
            if (isOpen && Kinds[kind].Length < 5) kind = 0; // a line break alone has no half
            var id = _next++;
            var line = string.Format(CultureInfo.InvariantCulture, Kinds[kind], id);
            if (isOpen) _completes = () => Complete(id, line);
            else Complete(id, line);
            return line;
        }

        void Complete(int id, string line)
        {
            var raw = line.TrimEnd('\n', '\r');
            if (raw.StartsWith('x')) Bad.Add($"{raw}|{_line}|{_record}");
            else if (raw.Length > 0)
            {
                Good.Add($"{id}|{Note(raw[(raw.IndexOf(',', StringComparison.Ordinal) + 1)..])}|{_line}|{_record}");
                GoodIds.Add(id);
            }

            _line += line.Count(c => c == '\n');
            _record++;
        }
    }
}
