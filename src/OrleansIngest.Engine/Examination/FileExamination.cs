using System.Text.Json.Serialization;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Engine.Examination;

/// <summary>The current state of a file of the ledger, compared with its pipeline and its table.</summary>
public sealed record FileExamination
{
    /// <summary>The state of the path.</summary>
    public required SourceState Source { get; init; }

    /// <summary>A sentence about the state; null for the version that the ledger knows.</summary>
    public string? Note { get; init; }

    /// <summary>Fields and columns; null when neither is known.</summary>
    public FileColumns? Columns { get; init; }

    /// <summary>The problem and its remedies; null for a file that is neither quarantined nor failed.</summary>
    public Diagnosis? Diagnosis { get; init; }
}

/// <summary>Serializes examinations.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantJsonConverter)])]
[JsonSerializable(typeof(FileExamination))]
[JsonSerializable(typeof(FileHead))]
[JsonSerializable(typeof(Diagnosis))]
public sealed partial class ExaminationJson : JsonSerializerContext;
