using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>One pipeline: which files are loaded into which table, and how. <see cref="Validate"/> reports all problems at
/// once.</summary>
public sealed partial class PipelineOptions
{
    /// <summary>Globs of names that are hidden or unfinished by convention: the default of <see cref="Exclude"/>.</summary>
    public static IReadOnlyList<string> UnfinishedNames { get; } =
        [".*", "_*", "*.tmp", "*.part", "*.partial", "*.filepart", "*._COPYING_", "*.crdownload", "*.swp", "*~",
            ".~lock*", "*.bak"];

    /// <summary>Name of the pipeline in the ledger, logs and commands: 1 to 63 characters, each <c>a-z</c>,
    /// <c>0-9</c>, <c>_</c> or <c>-</c>. Default: none, required.</summary>
    public string Name { get; set; } = "";

    /// <summary>Directories to watch, or globs such as <c>data/*/in</c>, relative to the configuration file's directory.
    /// Default: none, at least one is required.</summary>
    public IReadOnlyList<string> Watch { get; set; } = [];

    /// <summary>Globs of the files to load, matched against file names (<c>*.csv</c>) or, with a slash, against paths below
    /// the watched directory. Empty loads every file that <see cref="Exclude"/> does not match. Default: empty.</summary>
    public IReadOnlyList<string> Include { get; set; } = [];

    /// <summary>Globs of the files to ignore, checked before <see cref="Include"/>. A list replaces the default list.
    /// Default: <c>.* _* *.tmp *.part *.partial *.filepart *._COPYING_ *.crdownload *.swp *~ .~lock* *.bak</c>.</summary>
    public IReadOnlyList<string> Exclude { get; set; } = UnfinishedNames;

    /// <summary>Match <see cref="Include"/> and <see cref="Exclude"/> case-sensitively. Default: false, so <c>*.csv</c> matches
    /// <c>ORDERS.CSV</c>.</summary>
    public bool MatchCase { get; set; }

    /// <summary>Watch the subdirectories of the watched directories too. Default: false.</summary>
    public bool Recursive { get; set; }

    /// <summary>Database to load into: a name from <c>databases</c> of ingest.json. Each database has its own ledger, so after
    /// a change of this option all files of the pipeline are new. Null for the main database. Default: null.</summary>
    public string? Database { get; set; }

    /// <summary>Target table: <c>schema.table</c>, or <c>table</c>, resolved by the session's <c>search_path</c>. The table
    /// must exist unless <see cref="CreateTable"/> is set. With <c>{folder}</c> or a part of the file's name, such as
    /// <c>staging.{name:([a-z]+)-\d+}</c>, each file is loaded into the table of that name. Default: none,
    /// required.</summary>
    public string Table { get; set; } = "";

    /// <summary>Create a missing table from its first file: column names from the header, types from the first records.
    /// Default: false.</summary>
    public bool CreateTable { get; set; }

    /// <summary>File format; auto detects it from the content of each file. Default: auto.</summary>
    public InputFormat Format { get; set; }

    /// <summary>Options of JSON and NDJSON files. Default: see <see cref="JsonOptions"/>.</summary>
    public JsonOptions Json { get; set; } = new();

    /// <summary>Fields of fixed-width files. Default: see <see cref="FixedOptions"/>.</summary>
    public FixedOptions Fixed { get; set; } = new();

    /// <summary>Sheet and cells of Excel workbooks. Default: see <see cref="ExcelOptions"/>.</summary>
    public ExcelOptions Excel { get; set; } = new();

    /// <summary>CSV dialect. Default: see <see cref="CsvOptions"/>.</summary>
    public CsvOptions Csv { get; set; } = new();

    /// <summary>Text encoding: <c>auto</c>, or a name such as <c>utf-8</c>, <c>utf-16</c>, <c>windows-1252</c>,
    /// <c>iso-8859-15</c>, <c>shift_jis</c>, <c>gb18030</c>, <c>euc-kr</c>. Default: auto, which is UTF-8 or the encoding of
    /// a byte order mark; any other encoding it detects is reported.</summary>
    public string Encoding { get; set; } = "auto";

    /// <summary>Compression: <c>auto</c>, <c>none</c>, <c>gzip</c>, <c>zstd</c>, <c>lz4</c>, or <c>br</c> (brotli, which has
    /// no signature: auto recognizes it by a name that ends in <c>.br</c>). Default: auto, from the first bytes of each
    /// file.</summary>
    public string Compression { get; set; } = "auto";

    /// <summary>Quarantine a compressed file that expands to more than this many bytes per stored byte, a sign of a
    /// decompression bomb. Checked after the first 64 MiB of decoded bytes. 1 to 1,000,000. Default: 200.</summary>
    [CountRange(1, 1_000_000)]
    public int MaxDecodedRatio { get; set; } = 200;

    /// <summary>Quarantine a compressed file that expands to more than this many bytes. 1 MiB to 1 PiB. Default:
    /// 1TiB.</summary>
    [CountRange(1L << 20, 1L << 50, Bytes = true)]
    [JsonConverter(typeof(LargeSizeJsonConverter))]
    public long MaxDecodedBytes { get; set; } = 1L << 40;

    /// <summary>Policy for a file whose content this pipeline has already loaded under another name. (The same content under
    /// the same path is never loaded twice.) Every process that runs the pipeline must use the same value. Default:
    /// load.</summary>
    public SameContentPolicy SameContent { get; set; } = SameContentPolicy.Load;

    /// <summary>Policy for a file whose content has changed since it was loaded. Replace requires a <see cref="Metadata"/>
    /// column that stores <c>{fileId}</c>; large tables need an index on it. Default: newVersion, which adds the rows of the
    /// new version.</summary>
    public ChangePolicy OnChange { get; set; } = ChangePolicy.NewVersion;

    /// <summary>Policy of <c>onChange: append</c> for a changed file that cannot be continued from its old end because its
    /// old bytes have changed or did not end with a line. Replace has the same requirements as <c>onChange: replace</c>.
    /// Default: quarantine.</summary>
    public RewritePolicy OnRewrite { get; set; } = RewritePolicy.Quarantine;

    /// <summary>Follow files that grow: commit complete lines as they are written, also across rotation by renaming or
    /// truncating. Requires lines of CSV or NDJSON in plain text; <see cref="SettleTime"/> does not apply. Default:
    /// false.</summary>
    public bool Tail { get; set; }

    /// <summary>With <see cref="Tail"/>, stop following a file that has had no new line for this long; if it grows later, it is
    /// continued from its old end. 100 ms to 1 d. Default: 1m.</summary>
    [DurationRange("100ms", "1d")]
    public TimeSpan TailIdle { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Time between two full listings of the watched directories. File system events trigger a listing sooner. 10 ms
    /// to 1 h. Default: 1s.</summary>
    [DurationRange("10ms", "1h")]
    public TimeSpan ListingInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Load a file once its size and modification time have been stable for this long. Use 0 if producers rename
    /// finished files into place. 0 to 1 h. Default: 500ms.</summary>
    [DurationRange("0", "1h")]
    public TimeSpan SettleTime { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Suffix of a marker file that declares a file complete: with <c>.done</c>, <c>x.csv</c> is loaded once
    /// <c>x.csv.done</c> exists. Marker files are not loaded. Null for none. Default: null.</summary>
    public string? Sentinel { get; set; }

    /// <summary>Maximum rate of the pipeline across the cluster, in records per second, loaded or rejected. Bursts of up to
    /// one second's worth are possible. 0 to 1,000,000,000; 0 for no limit. Default: 0.</summary>
    [CountRange(0, 1_000_000_000)]
    public long MaxRowsPerSecond { get; set; }

    /// <summary>Maximum rate of the pipeline across the cluster, in encoded bytes per second sent to the database. 0 to 1
    /// TiB; 0 for no limit. Default: 0.</summary>
    [CountRange(0, 1L << 40, Bytes = true)]
    [JsonConverter(typeof(LargeSizeJsonConverter))]
    public long MaxBytesPerSecond { get; set; }

    /// <summary>Maximum number of records in a batch. 1 to 10,000,000. Default: 50000.</summary>
    [CountRange(1, 10_000_000)]
    public int BatchRecords { get; set; } = 50_000;

    /// <summary>Maximum size of a batch's encoded rows. 64 KiB to 256 MiB. Default: 2MiB.</summary>
    [CountRange(64 << 10, 256 << 20, Bytes = true)]
    [JsonConverter(typeof(SizeJsonConverter))]
    public int BatchBytes { get; set; } = 2 << 20;

    /// <summary>Maximum age of a batch, counted from its first record. 1 ms to 1 min. Default: 500ms.</summary>
    [DurationRange("1ms", "1m")]
    public TimeSpan BatchTime { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Database connections per node that copy and commit batches. 1 to 64. Default: 2.</summary>
    [CountRange(1, 64)]
    public int Lanes { get; set; } = 2;

    /// <summary>Number of parsers that read one large CSV or NDJSON file at the same time. 1 to 64. Null for one, or up to one
    /// per processor while the database waits for rows of a file with at least 16 MiB left. Unless this is 1, idle silos load
    /// parts of a file with at least 64 MiB left. Default: null.</summary>
    [CountRange(1, 64)]
    public int? Parsers { get; set; }

    /// <summary>Drop the secondary indexes of the table while a backlog is loaded, and rebuild them afterwards: when at
    /// least 16 MiB of files are waiting and are larger than the rows of the table (on), or the table is nearly empty (auto).
    /// Meanwhile, queries cannot use these indexes. Unique indexes stay. Null for off, and for auto in <c>ingest load</c>.
    /// Default: null.</summary>
    public BulkPolicy? Bulk { get; set; }

    /// <summary>Quarantine a file after this many failed attempts. Database outages do not count. 1 to 1000. Default:
    /// 5.</summary>
    [CountRange(1, 1000)]
    public int MaxAttempts { get; set; } = 5;

    internal const int StandardMaxOwnerDeaths = 5;

    /// <summary>Quarantine a file after this many consecutive workers have crashed while loading it without committing
    /// anything. 1 to 1000. Default: 5.</summary>
    [CountRange(1, 1000)]
    public int MaxOwnerDeaths { get; set; } = StandardMaxOwnerDeaths;

    /// <summary>Delay before the second attempt; it doubles with each further attempt. 1 ms to 1 h. Default: 1s.</summary>
    [DurationRange("1ms", "1h")]
    public TimeSpan RetryInitialDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Maximum delay between two attempts; at least <see cref="RetryInitialDelay"/>. 1 ms to 1 d. Default:
    /// 1m.</summary>
    [DurationRange("1ms", "1d")]
    public TimeSpan RetryMaxDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Mapping from header names to column names, for names that differ. The key <c>#3</c> is the third field,
    /// whatever its name, for fields with a missing or wrong name. All other names are matched automatically: trimmed,
    /// without regard to case or invisible characters. Default: empty.</summary>
    public IReadOnlyDictionary<string, string> Columns { get; set; } = new Dictionary<string, string>();

    /// <summary>Columns filled with data about the file and the record: column to template, such as <c>"src_file":
    /// "{path}"</c>. Variables: <c>{path} {name} {folder} {line} {record} {position} {fileId} {version} {now}</c>, or a part
    /// selected by a regular expression, such as <c>{name:orders-(\d+)}</c>, whose named groups are variables too. Default:
    /// empty.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; set; } = new Dictionary<string, string>();

    /// <summary>Write mode. Upsert and insertNew require a primary key or unique index on exactly the columns of <see
    /// cref="Key"/>. ReplaceTable replaces all rows of the table with the rows of the file. Default: append.</summary>
    public WriteMode Write { get; set; } = WriteMode.Append;

    /// <summary>Columns that identify a row, for <see cref="Write"/>. Empty for the primary key. Default: empty.</summary>
    public IReadOnlyList<string> Key { get; set; } = [];

    /// <summary>Columns that an upsert updates in existing rows. Empty for all columns of the file except the key. Default:
    /// empty.</summary>
    public IReadOnlyList<string> UpdateColumns { get; set; } = [];

    /// <summary>Update an existing row only if the record's value in this column is greater than the row's; a NULL in the row
    /// counts as older. Null to always update. Default: null.</summary>
    public string? OnlyIfNewer { get; set; }

    /// <summary>Columns computed by SQL expressions for each record: column to expression, such as <c>"total": "price *
    /// quantity"</c>. An expression can refer to header fields and to the columns they fill, and overrides a field that fills
    /// the same column. Default: empty.</summary>
    public IReadOnlyDictionary<string, string> Compute { get; set; } = new Dictionary<string, string>();

    /// <summary>Policy for a header that lacks a column of the table. Default: allowOptional.</summary>
    public MissingColumnPolicy MissingColumns { get; set; } = MissingColumnPolicy.AllowOptional;

    /// <summary>Policy for a header field without a column in the table: ignore the field, quarantine the file, add the
    /// column to the table, or store the field in <see cref="RescueColumn"/>. Add requires ownership of the table. Default:
    /// ignore.</summary>
    public ExtraColumnPolicy ExtraColumns { get; set; } = ExtraColumnPolicy.Ignore;

    /// <summary>With <c>extraColumns: rescue</c>, the jsonb column that stores the fields without a column as an object; NULL
    /// for a record without any. Default: null.</summary>
    public string? RescueColumn { get; set; }

    /// <summary>Policy for a value that does not fit the type of its column: reject the record, or widen the column to a type
    /// that keeps all values (smallint, integer, bigint, numeric; real, double precision; more digits of a numeric; a longer
    /// varchar). Widen requires ownership of the table. Default: reject.</summary>
    public TypeChangePolicy TypeChanges { get; set; } = TypeChangePolicy.Reject;

    /// <summary>Checks on each row beyond the column types. The first check that fails is the reason for the reject. Default:
    /// empty.</summary>
    public IReadOnlyList<RowRuleOptions> Rules { get; set; } = [];

    /// <summary>Make the rows of a file visible all at once, when the whole file is loaded. A file that fails leaves no rows.
    /// Default: false, unless <see cref="MaxRejected"/>, <see cref="MaxRejectedPercent"/>, <see cref="MaxRejectedInRow"/> or
    /// <c>write: replaceTable</c> requires it.</summary>
    public bool WholeFile { get; set; }

    /// <summary>Maximum number of rejected records in a file. Beyond it the file is rolled back and quarantined. 0 to
    /// 1,000,000,000,000; null for no limit. Default: null.</summary>
    public long? MaxRejected { get; set; }

    /// <summary>Maximum share of rejected records in a file, in percent of its non-blank records. Beyond it the file is
    /// rolled back and quarantined. 0 to 100, such as 0.5; null for no limit. Default: null.</summary>
    public double? MaxRejectedPercent { get; set; }

    /// <summary>Maximum number of consecutive rejected records in a file. Beyond it the file is rolled back and quarantined.
    /// 0 to 1,000,000,000,000; null for no limit. Default: null.</summary>
    public long? MaxRejectedInRow { get; set; }

    /// <summary>Alert thresholds of the pipeline. Default: see <see cref="AlertOptions"/>.</summary>
    public AlertOptions Alerts { get; set; } = new();

    /// <summary>Schedule of expected files; an alert fires when too few arrive. Null for no schedule. Default:
    /// null.</summary>
    public ExpectOptions? Expect { get; set; }

    /// <summary>Policy for loaded files: keep them in place, move them to <see cref="ArchiveTo"/>, or delete them. Default:
    /// keep.</summary>
    public Disposal.AfterLoadPolicy AfterLoad { get; set; }

    /// <summary>Destination of archived files, relative to the configuration file's directory, with <c>{name} {stem} {ext}
    /// {folder} {yyyy} {MM} {dd} {HH} {pipeline} {fileId}</c>; the date is the load date in UTC. Existing files are never
    /// overwritten: a taken name gets <c>.2</c>. Default: done/{yyyy}/{MM}/{name}.</summary>
    public string ArchiveTo { get; set; } = "done/{yyyy}/{MM}/{name}";

    /// <summary>Compression of archived files: <c>none</c>, or <c>gzip</c> (or <c>true</c>), which writes NAME.gz. Default:
    /// none.</summary>
    public Disposal.ArchiveCompression Compress { get; set; }

    /// <summary>Policy for quarantined files: keep them in place, or move them to <see cref="QuarantineTo"/>. Default:
    /// keep.</summary>
    public Disposal.AfterQuarantinePolicy AfterQuarantine { get; set; }

    /// <summary>Destination of quarantined files with <c>"afterQuarantine": "move"</c>; same placeholders as <see
    /// cref="ArchiveTo"/>. Default: quarantined/{name}.</summary>
    public string QuarantineTo { get; set; } = "quarantined/{name}";

    /// <summary>A shallow copy: its properties may be set independently, but its <see cref="Csv"/> and the like are the same
    /// objects.</summary>
    public PipelineOptions Copy() => (PipelineOptions)MemberwiseClone();

    /// <summary>The problems; empty if the options are valid.</summary>
    /// <param name="path">The path of these options, such as <c>pipelines[0]</c>; put before each problem's property.</param>
    public IReadOnlyList<OptionProblem> Validate(string path) => PipelineChecks.Check(this, path);
}
