using OrleansIngest.Commands.Checks;

namespace OrleansIngest.Commands.Checks;

/// <summary>What <c>ingest check --json</c> prints.</summary>
/// <param name="Passed">Whether no check failed.</param>
/// <param name="Checks">All of them, in the order in which they were made.</param>
sealed record CheckResult(bool Passed, IReadOnlyList<CheckLine> Checks);
