using System.Text.Json.Serialization;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Engine.Examination;

/// <summary>A file of the ledger as it is now, against its pipeline and its table.</summary>
public sealed record FileExamination
{
    /// <summary>What is found at the path.</summary>
    public required SourceState Source { get; init; }

    /// <summary>A sentence about that; null for the version that the ledger knows.</summary>
    public string? Note { get; init; }

    /// <summary>Fields and columns; null when neither is known.</summary>
    public FileColumns? Columns { get; init; }

    /// <summary>What is wrong and what would mend it; null for a file that is neither quarantined nor failed.</summary>
    public Diagnosis? Diagnosis { get; init; }
}

/// <summary>How examinations are written as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantJsonConverter)])]
[JsonSerializable(typeof(FileExamination))]
[JsonSerializable(typeof(FileHead))]
[JsonSerializable(typeof(Diagnosis))]
public sealed partial class ExaminationJson : JsonSerializerContext;
