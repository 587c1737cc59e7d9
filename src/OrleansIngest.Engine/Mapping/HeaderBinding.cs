using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Mapping;

/// <summary>The binding of a file's fields to columns of the table. Made once per file.</summary>
public sealed record HeaderBinding
{
    /// <summary>The columns that are filled, in the table's order; never empty.</summary>
    public required IReadOnlyList<BoundColumn> Columns { get; init; }

    /// <summary>The fields without a column, in the file's order.</summary>
    public required IReadOnlyList<UnmappedField> Unmapped { get; init; }

    /// <summary>The fields that fill no column but are used in expressions, by their names. Default: none.</summary>
    public IReadOnlyList<(int Field, string Name)> Used { get; init; } = [];

    /// <summary>The columns that can be written and that no field fills, in the table's order.</summary>
    public required IReadOnlyList<TargetColumn> Unfilled { get; init; }

    /// <summary>Number of fields that each record must have.</summary>
    public required int FieldCount { get; init; }

    /// <summary>Binds by the names in the file's header, or by a list of names given for a file without one.</summary>
    /// <param name="table">The table to fill.</param>
    /// <param name="names">As read. Invisible characters, and spaces and quotes around a name, are ignored; so is case, unless
    /// two columns differ only in case.</param>
    /// <param name="options">Aliases, stored headers and policies.</param>
    public static HeaderBindingResult ByName(TargetTable table, IReadOnlyList<string> names, HeaderBindingOptions options)
        => new HeaderBinder(table, names, options).ByName();

    /// <summary>Binds a file without a header: field by field to the columns that can be written, in the table's order.</summary>
    /// <param name="table">The table to fill.</param>
    /// <param name="fieldCount">How many fields the first record has.</param>
    /// <param name="options">Policies; aliases and stored headers are not used.</param>
    public static HeaderBindingResult ByPosition(TargetTable table, int fieldCount, HeaderBindingOptions options)
        => new HeaderBinder(table, [.. Enumerable.Repeat("", fieldCount)], options).ByPosition();
}
