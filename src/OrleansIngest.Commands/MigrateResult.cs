namespace OrleansIngest.Commands;

/// <summary>What <c>ingest migrate --json</c> prints.</summary>
/// <param name="Database">As in <c>postgres://user@host:port/database</c>.</param>
/// <param name="Applied">Whether anything had to be created or changed.</param>
sealed record MigrateResult(string Database, bool Applied);
