namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>The columns of a table that say where its rows came from.</summary>
/// <param name="FileId">Is filled with <c>{fileId}</c>; or null.</param>
/// <param name="Path">Is filled with <c>{path}</c>; or null.</param>
/// <param name="Line">Is filled with <c>{line}</c>; or null.</param>
/// <param name="Record">Is filled with <c>{record}</c>; or null.</param>
public sealed record OriginColumns(string? FileId, string? Path, string? Line, string? Record);
