namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Rows of a pipeline's table.</summary>
/// <param name="Pipeline">The pipeline.</param>
/// <param name="Table">Schema and name, quoted where SQL needs it.</param>
/// <param name="Tables">All tables of a pipeline whose files determine their table, those of the newest files first; otherwise
/// its only table.</param>
/// <param name="FileId">The file whose rows they are; null for the newest rows.</param>
/// <param name="Columns">The table's columns, in its order.</param>
/// <param name="Rows">The rows.</param>
/// <param name="IsCut">Whether there are more rows, or more columns.</param>
/// <param name="Order">How the rows were chosen: <c>file</c> (of one file, in its order), <c>newestFiles</c> (of the files loaded
/// last, and replayed rejects), <c>tableEnd</c> (the physical end of the table, which need not contain the newest rows) or
/// <c>any</c>.</param>
/// <param name="HasOrigin">Whether the pipeline stores the file of each row.</param>
public sealed record TableSample(
    string Pipeline, string Table, IReadOnlyList<string> Tables, long? FileId, IReadOnlyList<SampleColumn> Columns,
    IReadOnlyList<SampleRow> Rows, bool IsCut,
    string Order, bool HasOrigin);

/// <summary>A column of a table.</summary>
/// <param name="Name">Not quoted.</param>
/// <param name="Type">Such as <c>numeric(10,2)</c>.</param>
/// <param name="StoresOrigin">Whether the pipeline's <c>metadata</c> fills it with the file, line or record of the row.</param>
public sealed record SampleColumn(string Name, string Type, bool StoresOrigin);

/// <summary>A row of a table.</summary>
/// <param name="Key">Finds the row again until it is changed; null for views, which have no such key.</param>
/// <param name="Values">As PostgreSQL writes them, cut to 200 characters; null for NULL.</param>
/// <param name="Cut">The columns, from 0, whose value is longer.</param>
/// <param name="FileId">The file from which it was loaded; null if unknown.</param>
/// <param name="Path">That file's path.</param>
/// <param name="Line">The record's line in that file, if the pipeline stores it.</param>
/// <param name="Record">The record's number in that file, if the pipeline stores it.</param>
public sealed record SampleRow(string? Key, IReadOnlyList<string?> Values, IReadOnlyList<int> Cut, long? FileId, string? Path,
    long? Line, long? Record);

/// <summary>A value of a row.</summary>
/// <param name="Column">Its column.</param>
/// <param name="Value">As PostgreSQL writes it, cut to 1,000,000 characters; null for NULL.</param>
/// <param name="IsCut">Whether it is longer.</param>
public sealed record SampleValue(string Column, string? Value, bool IsCut);
