using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>A pipeline, with its configuration and the measurements of the last minutes.</summary>
public sealed record PipelineDetail : PipelineSummary
{
    /// <summary>Extends a summary.</summary>
    [SetsRequiredMembers]
    public PipelineDetail(PipelineSummary summary, JsonElement config, Series series, OperationTimes operationMs,
        OperatorOrders operatorState)
        : base(summary) => (Config, Series, OperationMs, OperatorState) = (config, series, operationMs, operatorState);

    /// <summary>As in <c>ingest.json</c>, with all options.</summary>
    public JsonElement Config { get; }

    /// <summary>The last five minutes.</summary>
    public Series Series { get; }

    /// <summary>The times of a batch by phase.</summary>
    public OperationTimes OperationMs { get; }

    /// <summary>The operators' orders.</summary>
    public OperatorOrders OperatorState { get; }
}
