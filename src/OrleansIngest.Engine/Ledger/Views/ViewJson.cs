using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Serializes answers, for the monitor and the commands.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DictionaryKeyPolicy = JsonKnownNamingPolicy.Unspecified,
    Converters = [typeof(InstantJsonConverter)])]
[JsonSerializable(typeof(Overview))]
[JsonSerializable(typeof(PipelineDetail))]
[JsonSerializable(typeof(FileDetail))]
[JsonSerializable(typeof(FileStateCounts))]
[JsonSerializable(typeof(Series))]
[JsonSerializable(typeof(RejectSummary))]
[JsonSerializable(typeof(RejectIssues))]
[JsonSerializable(typeof(Reject))]
[JsonSerializable(typeof(IReadOnlyList<RowOrigin>))]
[JsonSerializable(typeof(RangeComparison))]
[JsonSerializable(typeof(Report))]
[JsonSerializable(typeof(TableSample))]
[JsonSerializable(typeof(SampleValue))]
[JsonSerializable(typeof(ViewList<PipelineSummary>))]
[JsonSerializable(typeof(ViewList<FileRow>))]
[JsonSerializable(typeof(ViewList<NodeRow>))]
[JsonSerializable(typeof(NodeDetail))]
[JsonSerializable(typeof(ViewList<AlertRow>))]
[JsonSerializable(typeof(ViewList<AlertMuteRow>))]
[JsonSerializable(typeof(ViewList<RejectRow>))]
[JsonSerializable(typeof(ViewList<HistoryRow>))]
[JsonSerializable(typeof(IReadOnlyList<StreamingQueryProgress>))]
[JsonSerializable(typeof(QueryStatus))]
[JsonSerializable(typeof(AlertRow))]
[JsonSerializable(typeof(ChangedFiles))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, RunningPipeline>))]
[JsonSerializable(typeof(NodeConfiguration))]
[JsonSerializable(typeof(IReadOnlyList<StoredPipelineRow>))]
[JsonSerializable(typeof(ViewList<StoredPipelineRow>))]
[JsonSerializable(typeof(JsonNode))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(Dictionary<string, string>))]
public sealed partial class ViewJson : JsonSerializerContext;
