using System.Text;
using Npgsql;
using OrleansIngest.Engine.Targets.Postgres.Rows;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>Lets the server check values without an encoder, in rows of COPY's text format: one round trip per column.</summary>
static class TextRowCheck
{
    /// <summary>The rows with a value that the server refuses, and its message about the first.</summary>
    public static async Task<IReadOnlyDictionary<int, RowRefusal>> RefusedAsync(
        NpgsqlConnection connection, EncodedRows batch, CancellationToken cancellationToken)
    {
        var refused = new SortedDictionary<int, RowRefusal>();
        var plan = batch.Plan;
        for (var column = 0; column < plan.Columns.Length && !plan.IsBinary; column++)
        {
            if (plan.Encoders[column] is not null) continue;
            var asked = new Dictionary<string, List<int>>(StringComparer.Ordinal);
            for (var row = 0; row < batch.RowCount; row++)
            {
                if (refused.ContainsKey(row) || CopyText.Field(batch.RowBytes(row, row + 1).Span, column) is not { } text)
                    continue;
                if (!asked.TryGetValue(text, out var rows)) asked.Add(text, rows = []);
                rows.Add(row);
            }

            string[] texts = [.. asked.Keys];
            var answers = await ServerConverter.ConvertAsync(connection, plan.Columns[column], texts, cancellationToken);
            for (var i = 0; i < texts.Length; i++)
            {
                if (!answers[i].IsRejected) continue;
                foreach (var row in asked[texts[i]])
                    refused[row] = new RowRefusal(answers[i].SqlState!, answers[i].Message!, null, plan.Columns[column].Name);
            }
        }

        return refused;
    }
}
