using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Examination;

/// <summary>What prevents a pipeline with these options from loading a file.</summary>
enum TrialFault
{
    /// <summary>Nothing, as far as the beginning of the file shows.</summary>
    None,

    /// <summary>It cannot be read at all.</summary>
    Source,

    /// <summary>Its bytes: damaged, of another kind, or in an encoding that is not known.</summary>
    Content,

    /// <summary>Its records do not have the layout that the format requires.</summary>
    Layout,

    /// <summary>The table does not exist.</summary>
    NoTable,

    /// <summary>The table cannot be loaded by this pipeline.</summary>
    Table,

    /// <summary>Fields and columns do not match.</summary>
    Header,
}

/// <summary>The result of a trial: how far the beginning of a file can be loaded.</summary>
sealed record Trial(PipelineOptions Options)
{
    public TrialFault Fault { get; init; }

    /// <summary>The loader's message; null if nothing is wrong.</summary>
    public string? Message { get; init; }

    public SourceState Source { get; init; }

    public string? Note { get; init; }

    public string? Format { get; init; }

    public RecordLayout? Layout { get; init; }

    public TargetTable? Table { get; init; }

    public HeaderBinding? Binding { get; init; }
}
