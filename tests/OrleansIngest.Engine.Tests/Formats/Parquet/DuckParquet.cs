using System.Globalization;
using DuckDB.NET.Data;

namespace OrleansIngest.Engine.Tests.Formats.Parquet;

/// <summary>Writes Parquet files with DuckDB, and says what DuckDB reads from them.</summary>
static class DuckParquet
{
    /// <summary>A file with the rows of a query.</summary>
    public static byte[] Write(string query, string options = "", string before = "")
    {
        var path = Path.Combine(Path.GetTempPath(), $"ingest-{Guid.NewGuid():N}.parquet");
        try
        {
            Rows($"{before}; COPY ({query}) TO '{path}' (FORMAT parquet{(options.Length > 0 ? ", " : "")}{options})");
            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>The rows of a query, all values as texts; <c>FILE</c> in it is the file.</summary>
    public static List<string[]> Read(byte[] file, string query)
    {
        var path = Path.Combine(Path.GetTempPath(), $"ingest-{Guid.NewGuid():N}.parquet");
        File.WriteAllBytes(path, file);
        try
        {
            return Rows(query.Replace("FILE", $"read_parquet('{path}')", StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(path);
        }
    }

    static List<string[]> Rows(string sql)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SET TimeZone = 'UTC'; SET threads = 1; " + sql;
        var rows = new List<string[]>();
        using var reader = command.ExecuteReader();
        do
        {
            while (reader.Read())
            {
                rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(
                    i => reader.IsDBNull(i) ? "." : Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture)!)]);
            }
        }
        while (reader.NextResult());
        return rows;
    }
}
