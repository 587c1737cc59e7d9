using System.Text.Json.Serialization;
using OrleansIngest.Commands.Checks;
using OrleansIngest.Commands.Configuration;
using OrleansIngest.Commands.Loading;
using OrleansIngest.Commands.Verbs;
using OrleansIngest.Engine.Ledger.Operators;

namespace OrleansIngest.Commands;

/// <summary>The results that commands print with <c>--json</c>; each command adds its own record here.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<ConfigDifference>))]
[JsonSerializable(typeof(GenerateResult))]
[JsonSerializable(typeof(CheckFileResult))]
[JsonSerializable(typeof(CheckResult))]
[JsonSerializable(typeof(InitResult))]
[JsonSerializable(typeof(LimitResult))]
[JsonSerializable(typeof(MigrateResult))]
[JsonSerializable(typeof(LoadSummary))]
[JsonSerializable(typeof(VerbReport))]
[JsonSerializable(typeof(BulkReport))]
[JsonSerializable(typeof(RejectReach))]
[JsonSerializable(typeof(ReplayReport))]
sealed partial class ResultJson : JsonSerializerContext;
