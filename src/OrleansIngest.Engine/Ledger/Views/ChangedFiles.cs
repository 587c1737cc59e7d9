namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Files that are loading, or that finished within the last seconds.</summary>
/// <param name="Changed">Newest first.</param>
public sealed record ChangedFiles(IReadOnlyList<FileRow> Changed);
