using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>One pipeline: which files, into which table, how. <see cref="Validate"/> names everything that is wrong at once.</summary>
public sealed class PipelineOptions
{
    /// <summary>Names that are hidden or unfinished by convention: the default of <see cref="Exclude"/>.</summary>
    public static IReadOnlyList<string> UnfinishedNames { get; } =
        [".*", "_*", "*.tmp", "*.part", "*.partial", "*.filepart", "*._COPYING_", "*.crdownload", "*.swp", "*~", ".~lock*", "*.bak"];

    /// <summary>Names the pipeline in the ledger, logs and commands: 1 to 63 of <c>a-z 0-9 _ -</c>. Default: none, it must be given.</summary>
    public string Name { get; set; } = "";

    /// <summary>Where files appear: directories, or globs such as <c>data/*/in</c>; relative to the configuration file's
    /// directory. Default: none, at least one must be given.</summary>
    public IReadOnlyList<string> Watch { get; set; } = [];

    /// <summary>Globs over file names (<c>*.csv</c>) or, with a slash, paths below the watched directory; empty takes every file that <see cref="Exclude"/> does not name. Default: empty.</summary>
    public IReadOnlyList<string> Include { get; set; } = [];

    /// <summary>Globs of the same kind for what is never data, asked before <see cref="Include"/>; giving the list replaces it.
    /// Default: <c>.* _* *.tmp *.part *.partial *.filepart *._COPYING_ *.crdownload *.swp *~ .~lock* *.bak</c>.</summary>
    public IReadOnlyList<string> Exclude { get; set; } = UnfinishedNames;

    /// <summary>Whether upper and lower case differ in <see cref="Include"/> and <see cref="Exclude"/>. Default: false, <c>*.csv</c> matches
    /// <c>ORDERS.CSV</c>.</summary>
    public bool MatchCase { get; set; }

    /// <summary>Whether directories below the watched ones are watched too. Default: false.</summary>
    public bool Recursive { get; set; }

    /// <summary>The table to load, <c>schema.table</c>, or <c>table</c> (then found by the session's <c>search_path</c>, as in SQL); it must exist, unless
    /// <see cref="CreateTable"/> makes it. With <c>{folder}</c>, or a piece of the file's name such as <c>staging.{name:([a-z]+)-\d+}</c>, each file goes to the
    /// table of that name. Default: none, it must be given.</summary>
    public string Table { get; set; } = "";

    /// <summary>Whether a table that does not exist is made from the first file for it: names from its header, types from its first records. Default: false.</summary>
    public bool CreateTable { get; set; }

    /// <summary>What the files are; auto looks at each file's beginning. Default: auto.</summary>
    public InputFormat Format { get; set; }

    /// <summary>How JSON and NDJSON are to be read. Default: see <see cref="JsonOptions"/>.</summary>
    public JsonOptions Json { get; set; } = new();

    /// <summary>Where the fields of fixed width stand. Default: see <see cref="FixedOptions"/>.</summary>
    public FixedOptions Fixed { get; set; } = new();

    /// <summary>Which part of a workbook is loaded. Default: see <see cref="ExcelOptions"/>.</summary>
    public ExcelOptions Excel { get; set; } = new();

    /// <summary>How the text is to be read. Default: see <see cref="CsvOptions"/>.</summary>
    public CsvOptions Csv { get; set; } = new();

    /// <summary>The encoding of the text: <c>auto</c>, or a name such as <c>utf-8</c>, <c>utf-16</c>, <c>windows-1252</c>,
    /// <c>iso-8859-15</c>, <c>shift_jis</c>,
    /// <c>gb18030</c>, <c>euc-kr</c>. Default: auto, UTF-8 or what a byte order mark says; anything else that is found is
    /// told.</summary>
    public string Encoding { get; set; } = "auto";

    /// <summary>How the files are compressed: <c>auto</c>, <c>none</c>, <c>gzip</c>, <c>zstd</c>, <c>lz4</c>, or <c>br</c>
    /// (brotli, which its bytes do not show: auto takes a name that ends in <c>.br</c> for it). Default: auto, each file by its
    /// first bytes.</summary>
    public string Compression { get; set; } = "auto";

    /// <summary>The most decoded bytes for one stored byte, counted from 64 MiB of decoded bytes on; a file with more is
    /// quarantined: decompression bombs are like that. 1 to 1,000,000. Default: 200.</summary>
    [CountRange(1, 1_000_000)]
    public int MaxDecodedRatio { get; set; } = 200;

    /// <summary>The most bytes that a compressed file may decode to; one with more is quarantined. 1 MiB to 1 PiB. Default:
    /// 1TiB.</summary>
    [CountRange(1L << 20, 1L << 50, Bytes = true)]
    [JsonConverter(typeof(LargeSizeJsonConverter))]
    public long MaxDecodedBytes { get; set; } = 1L << 40;

    /// <summary>What happens to a file whose content this pipeline has loaded under another name (the same content under the same path is never loaded
    /// twice). Every program that runs the pipeline must have the same. Default: load.</summary>
    public SameContentPolicy SameContent { get; set; } = SameContentPolicy.Load;

    /// <summary>What happens to a file whose path was loaded before, and that has other content now. Replace needs <see cref="Metadata"/> that keeps
    /// <c>{fileId}</c> in a column, with an index for large tables. Default: newVersion, its rows are added.</summary>
    public ChangePolicy OnChange { get; set; } = ChangePolicy.NewVersion;

    /// <summary>What <c>onChange: append</c> does with a changed file that cannot be read on from its old end: its old bytes have changed, or did not end with
    /// a line. Replace needs what <c>onChange: replace</c> needs. Default: quarantine.</summary>
    public RewritePolicy OnRewrite { get; set; } = RewritePolicy.Quarantine;

    /// <summary>Time between two full listings of the watched directories; hints from the file system only shorten it.
    /// 10 ms to 1 h. Default: 1s.</summary>
    [DurationRange("10ms", "1h")]
    public TimeSpan ListingInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a file's size and modification time must stay equal before it is ready; 0 for producers that rename
    /// finished files into place. 0 to 1 h. Default: 500ms.</summary>
    [DurationRange("0", "1h")]
    public TimeSpan SettleTime { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Suffix of a second file that says the first is complete: with <c>.done</c>, <c>x.csv</c> is ready when
    /// <c>x.csv.done</c> exists, and files with the suffix are not data. Null for none. Default: null.</summary>
    public string? Sentinel { get; set; }

    /// <summary>The most records per second, loaded or rejected, that the whole cluster takes from files of this pipeline; a second's worth may come at once.
    /// 0 to 1,000,000,000; 0 for no limit. Default: 0.</summary>
    [CountRange(0, 1_000_000_000)]
    public long MaxRowsPerSecond { get; set; }

    /// <summary>The most bytes per second, as rows go to the database, that the whole cluster sends for this pipeline. 0 to 1 TiB; 0 for no limit.
    /// Default: 0.</summary>
    [CountRange(0, 1L << 40, Bytes = true)]
    [JsonConverter(typeof(LargeSizeJsonConverter))]
    public long MaxBytesPerSecond { get; set; }

    /// <summary>A batch ends after this many records. 1 to 10,000,000. Default: 50000.</summary>
    [CountRange(1, 10_000_000)]
    public int BatchRecords { get; set; } = 50_000;

    /// <summary>A batch ends when its rows take this many bytes. 64 KiB to 256 MiB. Default: 2MiB.</summary>
    [CountRange(64 << 10, 256 << 20, Bytes = true)]
    [JsonConverter(typeof(SizeJsonConverter))]
    public int BatchBytes { get; set; } = 2 << 20;

    /// <summary>A batch ends this long after its first record. 1 ms to 1 min. Default: 500ms.</summary>
    [DurationRange("1ms", "1m")]
    public TimeSpan BatchTime { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Connections per node that copy and commit. 1 to 64. Default: 2.</summary>
    [CountRange(1, 64)]
    public int Lanes { get; set; } = 2;

    /// <summary>Failures of a file's own after which it is quarantined; a database that is down does not count. 1 to 1000.
    /// Default: 5.</summary>
    [CountRange(1, 1000)]
    public int MaxAttempts { get; set; } = 5;

    internal const int StandardMaxOwnerDeaths = 5;

    /// <summary>Programs in a row that may die while they have a file and have committed nothing of it, before the file is quarantined: it may be what
    /// kills them. 1 to 1000. Default: 5.</summary>
    [CountRange(1, 1000)]
    public int MaxOwnerDeaths { get; set; } = StandardMaxOwnerDeaths;

    /// <summary>Wait before the second attempt; doubled for each further one. 1 ms to 1 h. Default: 1s.</summary>
    [DurationRange("1ms", "1h")]
    public TimeSpan RetryInitialDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between two attempts, not less than <see cref="RetryInitialDelay"/>. 1 ms to 1 d. Default: 1m.</summary>
    [DurationRange("1ms", "1d")]
    public TimeSpan RetryMaxDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Header names that differ from the table's: header name to column name. A key such as <c>#3</c> is the third field, whatever its name: for
    /// fields without a name, or with that of another. Other names are matched by themselves, trimmed, capital letters and invisible characters
    /// ignored. Default: empty.</summary>
    public IReadOnlyDictionary<string, string> Columns { get; set; } = new Dictionary<string, string>();

    /// <summary>Columns that are filled with what is known of the file and the record: column to template, such as
    /// <c>"src_file": "{path}"</c>. Variables: <c>{path} {name} {folder} {line} {record} {position} {fileId} {version} {now}</c>; a piece by a regular expression,
    /// <c>{name:orders-(\d+)}</c>, whose named groups are variables too. Default: empty.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; set; } = new Dictionary<string, string>();

    /// <summary>What happens to a record whose key is in the table already; upsert and insertNew need a unique index or primary key of the table on
    /// exactly the columns of <see cref="Key"/>. With replaceTable the rows of each file take the place of the table's. Default: append.</summary>
    public WriteMode Write { get; set; } = WriteMode.Append;

    /// <summary>The columns that identify a row, for <see cref="Write"/>. Empty for the primary key. Default: empty.</summary>
    public IReadOnlyList<string> Key { get; set; } = [];

    /// <summary>The columns that an upsert updates in a row that exists. Empty for all columns of the file that are not in the key. Default: empty.</summary>
    public IReadOnlyList<string> UpdateColumns { get; set; } = [];

    /// <summary>An upsert updates a row only if the record's value in this column is greater than the row's; a NULL in the row counts as older. Null for
    /// always. Default: null.</summary>
    public string? OnlyIfNewer { get; set; }

    /// <summary>Columns that are filled with what an SQL expression says of each record: column to expression, such as <c>"total": "price * quantity"</c>. It
    /// may name the fields of the header and the columns that they fill; it wins over a field that fills the same column. Default: empty.</summary>
    public IReadOnlyDictionary<string, string> Compute { get; set; } = new Dictionary<string, string>();

    /// <summary>When the header lacks a column of the table. Default: allowOptional.</summary>
    public MissingColumnPolicy MissingColumns { get; set; } = MissingColumnPolicy.AllowOptional;

    /// <summary>When the header has a column that the table lacks: leave it out, quarantine the file, add it to the table, or put it into
    /// <see cref="RescueColumn"/>. Add needs the table's owner. Default: ignore.</summary>
    public ExtraColumnPolicy ExtraColumns { get; set; } = ExtraColumnPolicy.Ignore;

    /// <summary>With <c>extraColumns: rescue</c>: the jsonb column that takes the fields without a column, as an object; NULL for a record without such.
    /// Default: null.</summary>
    public string? RescueColumn { get; set; }

    /// <summary>When the type of a column cannot hold a value: reject the record, or give the column a wider type that loses nothing (smallint, integer,
    /// bigint, numeric; real, double precision; more digits of a numeric; a longer varchar). Widen needs the table's owner. Default: reject.</summary>
    public TypeChangePolicy TypeChanges { get; set; } = TypeChangePolicy.Reject;

    /// <summary>Demands on each row beyond its columns' types; the first that fails is the reason. Default: empty.</summary>
    public IReadOnlyList<RowRuleOptions> Rules { get; set; } = [];

    /// <summary>Whether the rows of a file become visible in one moment, when the last of them is there; a file that is given up leaves none. Default:
    /// false, unless <see cref="MaxRejected"/>, <see cref="MaxRejectedPercent"/>, <see cref="MaxRejectedInRow"/> or <c>write: replaceTable</c> asks for
    /// it.</summary>
    public bool WholeFile { get; set; }

    /// <summary>The most records of a file that may be rejected; with more, none of its rows is loaded and it is quarantined. 0 to 1,000,000,000,000;
    /// null for any number. Default: null.</summary>
    public long? MaxRejected { get; set; }

    /// <summary>The most records of a file that may be rejected, in percent of those that are not blank; with more, none of its rows is loaded and
    /// it is quarantined. 0 to 100, such as 0.5; null for any share. Default: null.</summary>
    public double? MaxRejectedPercent { get; set; }

    /// <summary>The most records one behind the other that may be rejected; with more, none of the file's rows is loaded and it is quarantined.
    /// 0 to 1,000,000,000,000; null for any number. Default: null.</summary>
    public long? MaxRejectedInRow { get; set; }

    /// <summary>When it asks for attention. Default: see <see cref="AlertOptions"/>.</summary>
    public AlertOptions Alerts { get; set; } = new();

    /// <summary>How many files are expected by when; an alert says when too few came. Null for no expectation. Default: null.</summary>
    public ExpectOptions? Expect { get; set; }

    /// <summary>What becomes of a file that is loaded: it is kept where it is, moved to <see cref="ArchiveTo"/>, or deleted. Default: keep.</summary>
    public Disposal.AfterLoadPolicy AfterLoad { get; set; }

    /// <summary>Where loaded files go with <c>"afterLoad": "archive"</c>: a path, relative to the configuration file's directory, with
    /// <c>{name} {stem} {ext} {folder} {yyyy} {MM} {dd} {HH} {pipeline} {fileId}</c>; the date is that of the load, in UTC. Nothing is
    /// overwritten: a name that is taken gets <c>.2</c>. Default: done/{yyyy}/{MM}/{name}.</summary>
    public string ArchiveTo { get; set; } = "done/{yyyy}/{MM}/{name}";

    /// <summary>Whether archived files are compressed: <c>none</c>, or <c>gzip</c> (also <c>true</c>), as NAME.gz. Default: none.</summary>
    public Disposal.ArchiveCompression Compress { get; set; }

    /// <summary>What becomes of a file that is quarantined: it is kept where it is, or moved to <see cref="QuarantineTo"/>. Default: keep.</summary>
    public Disposal.AfterQuarantinePolicy AfterQuarantine { get; set; }

    /// <summary>Where quarantined files go with <c>"afterQuarantine": "move"</c>; as <see cref="ArchiveTo"/>. Default: quarantined/{name}.</summary>
    public string QuarantineTo { get; set; } = "quarantined/{name}";

    /// <summary>The template that <see cref="Table"/> was made of for one file; null for the options of a whole pipeline.</summary>
    internal string? MadeFrom { get; private set; }

    /// <summary>Whether <see cref="Table"/> depends on the file.</summary>
    internal bool IsTemplate => MadeFrom is null && Tables.TableTemplate.IsOne(Table);

    /// <summary>The same pipeline for the files of one of its tables.</summary>
    internal PipelineOptions ForTable(string table)
    {
        var copy = (PipelineOptions)MemberwiseClone();
        (copy.Table, copy.MadeFrom) = (table, Table);
        return copy;
    }

    /// <summary>Whether rows may change or meet rows of the table by their key.</summary>
    internal bool IsMerge => Write is WriteMode.Upsert or WriteMode.InsertNew;

    /// <summary>Whether the rows of a file wait in a stage until all of them are there.</summary>
    internal bool IsStaged =>
        WholeFile || MaxRejected is not null || MaxRejectedPercent is not null || MaxRejectedInRow is not null || Write == WriteMode.ReplaceTable;

    /// <summary>Whether a rate is not to be exceeded.</summary>
    internal bool IsPaced => MaxRowsPerSecond > 0 || MaxBytesPerSecond > 0;

    /// <summary>Whether files may wait in a stage: all of them, or those that changed.</summary>
    internal bool UsesStages => IsStaged || OnChange == ChangePolicy.Replace
        || (OnChange == ChangePolicy.Append && OnRewrite == RewritePolicy.Replace);

    /// <summary>Everything that is wrong; empty when the options can be used.</summary>
    /// <param name="path">Where these options stand, such as <c>pipelines[0]</c>; put before each problem's property.</param>
    public IReadOnlyList<OptionProblem> Validate(string path) => PipelineChecks.Check(this, path);
}
