using System.Text.Json.Serialization;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Monitor.Api;

/// <summary>The answers that only the monitor gives.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantJsonConverter)])]
[JsonSerializable(typeof(About))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(Configuration))]
[JsonSerializable(typeof(SignIn))]
[JsonSerializable(typeof(OperatorWords))]
[JsonSerializable(typeof(DryRunAnswer))]
[JsonSerializable(typeof(BulkWords))]
[JsonSerializable(typeof(MuteWords))]
[JsonSerializable(typeof(BulkReport))]
[JsonSerializable(typeof(ReplayWords))]
[JsonSerializable(typeof(ReplayResult))]
[JsonSerializable(typeof(PipelineContents))]
[JsonSerializable(typeof(RemedyWords))]
sealed partial class ApiJson : JsonSerializerContext;
