using Npgsql;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Tables;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Commands.Checks;

/// <summary>Checks that each pipeline's table exists, can be loaded, and has the columns that the configuration names.</summary>
static class TableChecks
{
    public static async Task AddAsync(
        PipelineOptions pipeline, bool isNewDatabase, NpgsqlConnection connection, CheckList checks,
        CancellationToken cancellationToken)
    {
        var subject = $"pipeline {pipeline.Name}: table {pipeline.Table}";
        try
        {
            if (TableTemplate.IsOne(pipeline.Table))
            {
                await PipelineTable.CheckAsync(pipeline, connection, cancellationToken);
                var missing = pipeline.CreateTable ? "is created" : "makes its files fail";
                checks.Ok(subject, $"each file determines its table (ingest check FILE); a missing table {missing}");
                return;
            }

            var table = await TargetTable.ReadAsync(connection, pipeline.Table, cancellationToken);
            var unknown = Named(pipeline).Where(
                name => !table.Columns.Any(column => string.Equals(column.Name, name, StringComparison.OrdinalIgnoreCase)))
                .ToList();
            var columns = string.Join(", ", table.Columns.Select(column => column.Name));
            if (unknown.Count > 0)
                checks.Failed(subject,
                    $"has no column {string.Join(", ", unknown)}, which the configuration names; it has {columns}");
            else
            {
                await PipelineTable.CheckAsync(pipeline, connection, cancellationToken);
                checks.Ok(subject, $"can be loaded; columns {columns}");
            }

            if (unknown.Count == 0 && !isNewDatabase
                && await PipelineTable.ComputeRefusalAsync(pipeline, connection, cancellationToken) is var (refusal, depends))
            {
                if (depends) checks.Warning($"pipeline {pipeline.Name}: compute",
                    $"depends on the file (ingest check FILE): {refusal}");
                else checks.Failed($"pipeline {pipeline.Name}: compute", refusal);
            }
        }
        catch (TargetTableException) when (isNewDatabase && pipeline.Table == BuiltInPipelines.Events().Table)
        {
            checks.Warning(subject, "does not exist yet; ingest migrate, load and up create it");
        }
        catch (TargetTableException exception) when (exception.IsMissing && pipeline.CreateTable)
        {
            checks.Warning(subject, "does not exist yet; the first file creates it (createTable)");
        }
        catch (TargetTableException exception)
        {
            checks.Failed(subject, exception.Message);
        }
    }

    static IEnumerable<string> Named(PipelineOptions pipeline) =>
        pipeline.Columns.Values.Concat(pipeline.Rules.Select(rule => rule.Column)).Concat(pipeline.Metadata.Keys)
            .Concat(pipeline.Key)
            .Concat(pipeline.UpdateColumns).Concat(pipeline.Compute.Keys).Distinct(StringComparer.OrdinalIgnoreCase);
}
