using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Loading;

/// <summary>Makes the plan for a header: binds names to columns, chooses encoders and rules.</summary>
static class PlanFactory
{
    /// <summary>A pure function of what it is given.</summary>
    /// <exception cref="HeaderException">The header does not fit the table.</exception>
    /// <exception cref="TargetTableException">A rule does not fit the table.</exception>
    public static CopyPlan Create(
        PipelineOptions options,
        TargetTable table,
        SessionSettings session,
        string corruptTable,
        IReadOnlyList<string> header,
        int fieldCount,
        DateTimeOffset now,
        out IReadOnlyList<string> ignored)
    {
        var columns = new List<TargetColumn>();
        var fields = new List<int>();
        ignored = [];
        for (var i = 0; i < header.Count; i++)
        {
            var c = table.Columns.FirstOrDefault(c => c.Name == header[i]);
            if (c is null) continue;
            columns.Add(c);
            fields.Add(i);
        }

        return new CopyPlan(table.QuotedName, corruptTable, columns, fields, [.. columns.Select(c => ColumnEncoders.For(c, session))],
            [.. columns.Select(c => RowRules.For(c, options.Rules, now))], fieldCount);
    }
}
