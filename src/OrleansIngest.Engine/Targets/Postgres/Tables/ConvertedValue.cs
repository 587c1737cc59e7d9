namespace OrleansIngest.Engine.Targets.Postgres.Tables;

/// <summary>The server's conversion of one text: the binary form, or an error.</summary>
/// <param name="Value">The binary form for COPY, without the length word; null if refused.</param>
/// <param name="SqlState">The refusal's SQLSTATE; null when accepted.</param>
/// <param name="Message">The server's message; null when accepted.</param>
public readonly record struct ConvertedValue(byte[]? Value, string? SqlState, string? Message)
{
    /// <summary>Whether the server refuses the text.</summary>
    public bool IsRejected => Value is null;
}
