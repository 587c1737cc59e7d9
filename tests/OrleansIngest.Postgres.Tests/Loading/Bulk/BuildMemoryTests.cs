using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Postgres.Tests.Loading.Bulk;

/// <summary>The memory of a build, as the server has it at its end. The servers of tests have 64 MiB for it, as
/// configured by default.</summary>
public sealed class BuildMemoryTests
{
    const string Table = "CREATE TABLE t (id int, note text, tags int[]);";

    /// <summary>The first of several B-trees is sorted in the processor's cache, and nothing else is: other methods need all
    /// memory, a large one is built by parallel workers, and one alone too.</summary>
    [Theory]
    [InlineData("CREATE INDEX a ON t (note); CREATE INDEX b ON t (id); CREATE INDEX c ON t (id, id)", 0, "8MB")]
    [InlineData("CREATE INDEX a ON t (note); CREATE INDEX b ON t (id); CREATE INDEX c ON t (id, id)", 128 << 20, "10MB")]
    [InlineData("CREATE INDEX a ON t (note); CREATE INDEX b ON t (id); CREATE INDEX c ON t (id, id)", 256 << 20, "12MB")]
    [InlineData("CREATE INDEX a ON t (note); CREATE INDEX b ON t (id); CREATE INDEX c ON t (id, id)", (256 << 20) + 1, "64MB")]
    [InlineData("CREATE INDEX a ON t USING gin (tags); CREATE INDEX b ON t (id); CREATE INDEX c ON t (id, id)", 0, "64MB")]
    [InlineData("CREATE INDEX a ON t (note)", 0, "64MB")]
    public async Task Build_Largest_HasMemory(string indexes, int estimatedBytes, string memory)
    {
        await using var bench = await LoadBench.CreateAsync(Table + indexes);
        await bench.ExecuteAsync(
            """
            CREATE TABLE noted (index_name text, memory text);
            CREATE FUNCTION note_memory() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
                INSERT INTO noted SELECT object_identity, current_setting('maintenance_work_mem')
                FROM pg_event_trigger_ddl_commands();
            END $$;
            """);
        var path = bench.Write("a.csv", "id,note,tags\n1,a,{1}\n");
        var node = await bench.StartNodeAsync();
        (await bench.BeginAsync(node, BulkPolicy.On, path)).Dropped.ShouldNotBeNull();
        await bench.ExecuteAsync(
            "CREATE EVENT TRIGGER note_memory ON ddl_command_end WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION note_memory()");
        await bench.ExecuteAsync(
            "UPDATE ingest.dropped_index SET estimated_bytes = "
                + $"CASE index_name WHEN 'public.a' THEN {estimatedBytes} ELSE -1 END");
        await bench.LoadOnAsync(node, [path]);

        await node.CreateBulkLoad().FinishAsync(1, TestContext.Current.CancellationToken);

        (await bench.RowsAsync("SELECT memory FROM noted WHERE index_name = 'public.a'")).ShouldBe([memory]);
        (await bench.DroppedAsync()).ShouldBeEmpty();
    }
}
