using System.Text;
using Npgsql;
using OrleansIngest.Engine.Targets.Postgres.Encoders;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>Decides the rows whose values only the server can decide.</summary>
static class DeferredRows
{
    /// <summary>Lets the server check the values that no encoder could decide: one round trip per column with such
    /// values.</summary>
    /// <param name="connection">With the settings of the sessions that copy.</param>
    /// <param name="batch">Its deferred rows become rows or rejects.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task ResolveAsync(NpgsqlConnection connection, EncodedRows batch, CancellationToken cancellationToken)
    {
        if (batch.Deferred.Count == 0) return;
        var plan = batch.Plan;
        var answers = new Dictionary<(int Column, string Text), ConvertedValue>();
        for (var column = 0; column < plan.Fields.Length; column++)
        {
            if (plan.Encoders[column] is not { } encoder) continue; // COPY itself checks these
            var scratch = new byte[ColumnEncoder.Slack];
            var asked = new List<string>();
            foreach (var row in batch.Deferred)
            {
                if (row.Values[column] is not { } text) continue;
                if (scratch.Length < text.Length + ColumnEncoder.Slack) scratch = new byte[text.Length + ColumnEncoder.Slack];
                if (encoder.Encode(text, scratch) != ColumnEncoder.AskServer) continue;
                asked.Add(Encoding.UTF8.GetString(encoder.TextForServer(text)));
            }

            if (asked.Count == 0) continue;
            asked = [.. asked.Distinct(StringComparer.Ordinal)];
            var converted = await ServerConverter.ConvertAsync(connection, plan.Columns[column], asked, cancellationToken);
            for (var i = 0; i < asked.Count; i++) answers[(column, asked[i])] = converted[i];
        }

        var writer = new ResolvedRowWriter(plan);
        foreach (var row in batch.Deferred)
            writer.Write(row, batch,
                (column, text) => answers[(column, Encoding.UTF8.GetString(plan.Encoders[column]!.TextForServer(text)))]);
        batch.Deferred.Clear();
    }
}
