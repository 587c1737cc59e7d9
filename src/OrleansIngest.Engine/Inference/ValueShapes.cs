namespace OrleansIngest.Engine.Inference;

/// <summary>The types that a value may have. Text is always possible.</summary>
[Flags]
enum ValueShapes
{
    None = 0,
    Integer = 1,
    Number = 2,
    Boolean = 4,
    Date = 8,
    Timestamp = 16,
    Instant = 32,
    Uuid = 64,
    Json = 128,
}
