using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>A pipeline, with its configuration and the measurements of the last minutes.</summary>
public sealed record PipelineDetail : PipelineSummary
{
    /// <summary>The summary, and more.</summary>
    [SetsRequiredMembers]
    public PipelineDetail(PipelineSummary summary, JsonElement config, Series series, OperationTimes operationMs,
        OperatorOrders operatorState)
        : base(summary) => (Config, Series, OperationMs, OperatorState) = (config, series, operationMs, operatorState);

    /// <summary>As in <c>ingest.json</c>, every option written out.</summary>
    public JsonElement Config { get; }

    /// <summary>The last five minutes.</summary>
    public Series Series { get; }

    /// <summary>Where the time of a batch goes.</summary>
    public OperationTimes OperationMs { get; }

    /// <summary>What operators said.</summary>
    public OperatorOrders OperatorState { get; }
}
