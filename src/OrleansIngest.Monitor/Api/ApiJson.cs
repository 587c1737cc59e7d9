using System.Text.Json.Serialization;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Monitor.Drops;

namespace OrleansIngest.Monitor.Api;

/// <summary>Requests and responses that only the monitor has.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantJsonConverter)])]
[JsonSerializable(typeof(About))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(Configuration))]
[JsonSerializable(typeof(SignIn))]
[JsonSerializable(typeof(OperatorRequest))]
[JsonSerializable(typeof(DryRunAnswer))]
[JsonSerializable(typeof(BulkRequest))]
[JsonSerializable(typeof(MuteRequest))]
[JsonSerializable(typeof(BulkReport))]
[JsonSerializable(typeof(RejectReach))]
[JsonSerializable(typeof(RejectReplayRequest))]
[JsonSerializable(typeof(RejectVerbRequest))]
[JsonSerializable(typeof(ReplayResult))]
[JsonSerializable(typeof(PipelineContents))]
[JsonSerializable(typeof(RemedyRequest))]
[JsonSerializable(typeof(DropList))]
[JsonSerializable(typeof(DropState))]
[JsonSerializable(typeof(DropReport))]
[JsonSerializable(typeof(DropRequest))]
[JsonSerializable(typeof(DropPath))]
sealed partial class ApiJson : JsonSerializerContext;
