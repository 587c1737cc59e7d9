using System.Text.Json;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>A row of a table and its origin.</summary>
/// <param name="Row">The row: an object of its columns.</param>
/// <param name="FileId">Its file; null if the row's metadata names none that is in the ledger.</param>
/// <param name="Path">The file's path.</param>
/// <param name="Version">The file's version, from 1.</param>
/// <param name="Status">The file's status.</param>
/// <param name="Line">The record's line, if the pipeline stores it.</param>
/// <param name="Record">The record's number, if the pipeline stores it.</param>
/// <param name="LoadedAt">When the file was finished.</param>
public sealed record RowOrigin(
    JsonElement Row, long? FileId, string? Path, int? Version, string? Status, long? Line, long? Record,
    DateTimeOffset? LoadedAt);
