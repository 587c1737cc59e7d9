namespace OrleansIngest.Engine.Inference;

/// <summary>A column inferred from a file.</summary>
/// <param name="Header">The file's name for it; empty for a file without a header.</param>
/// <param name="Name">The table's name for it, not quoted.</param>
/// <param name="SqlType">Such as <c>bigint</c>.</param>
/// <param name="Note">Human-readable, when nearly all values have a narrower type: the type, and the first value that does not
/// have it; or when all have one with another option: which. Otherwise null.</param>
/// <param name="Setting">The option with which all values would have a narrower type: <c>decimal</c>,
/// <c>decimalAndThousands</c> or <c>dateOrder</c>. Otherwise null.</param>
public sealed record InferredColumn(string Header, string Name, string SqlType, string? Note = null, string? Setting = null);
