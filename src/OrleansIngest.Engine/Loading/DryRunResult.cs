using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Loading;

/// <summary>The predicted result of loading a file.</summary>
public sealed record DryRunResult
{
    /// <summary>Why the file as a whole would be quarantined; null if its records can be loaded.</summary>
    public string? Refusal { get; init; }

    /// <summary>Size of the file.</summary>
    public long Bytes { get; init; }

    /// <summary>Rows that would be sent to the table.</summary>
    public long Good { get; init; }

    /// <summary>Records that would go to <c>corrupt_records</c>.</summary>
    public long Rejected { get; init; }

    /// <summary>Blank lines.</summary>
    public long Skipped { get; init; }

    /// <summary>Rejected records by reason and column, such as <c>bad_value price</c>.</summary>
    public IReadOnlyDictionary<string, long> ByReason { get; init; } = new Dictionary<string, long>();

    /// <summary>The first rejected records, in file order.</summary>
    public IReadOnlyList<RejectedRow> Rejects { get; init; } = [];

    /// <summary>Constraints and triggers that are checked only on insert, such as <c>unique key
    /// t_pkey</c>. Default: none.</summary>
    public IReadOnlyList<string> NotTried { get; init; } = [];

    /// <summary>The fields that fill a column, in the table's order; for an archive, those of its first file. Default:
    /// empty.</summary>
    public IReadOnlyList<MappedField> Mapping { get; init; } = [];

    /// <summary>Differences between the columns of file and table; null if there are none. Default: null.</summary>
    public ColumnsNote? ColumnsNote { get; init; }
}
