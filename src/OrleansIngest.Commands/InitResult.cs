using System.Text.Json.Nodes;

namespace OrleansIngest.Commands;

/// <summary>What <c>ingest init --json</c> prints.</summary>
/// <param name="CreateTable">The statement.</param>
/// <param name="Configuration">The content of an <c>ingest.json</c>.</param>
/// <param name="Records">Number of sampled records.</param>
/// <param name="Unusable">Of these, the number ignored because their quotes or number of fields are wrong.</param>
sealed record InitResult(string CreateTable, JsonObject Configuration, long Records, long Unusable);
