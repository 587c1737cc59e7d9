using OrleansIngest.Grains.Tests.Clustering;
using OrleansIngest.Testing;

namespace OrleansIngest.Grains.Tests.Storage;

/// <summary>The contract of <c>sql/130-orleans-persistence.sql</c>: a write proves the version that it read.</summary>
public sealed class GrainStateSqlTests : IAsyncLifetime
{
    static readonly (string, object?)[] Key =
    [
        ("GrainIdHash", 1), ("GrainIdN0", 0L), ("GrainIdN1", 0L), ("GrainTypeHash", 2), ("GrainTypeString", "t"),
        ("GrainIdExtensionString", "events"), ("ServiceId", "s"),
    ];

    TestDatabase _database = null!;
    OrleansQueries _orleans = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestPostgres.CreateDatabaseAsync();
        _orleans = new OrleansQueries(_database);
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null) await _database.DisposeAsync();
    }

    [Fact]
    public async Task Unknown_state_reads_as_nothing()
    {
        (await _orleans.RunAsync("ReadFromStorageKey", Key)).ShouldBeEmpty();
    }

    [Fact]
    public async Task First_write_then_read_gives_the_payload_and_version_1()
    {
        (await WriteAsync(null, 1)).ShouldBe(1);

        var row = (await _orleans.RunAsync("ReadFromStorageKey", Key)).ShouldHaveSingleItem();
        row["PayloadBinary"].ShouldBe(new byte[] { 1 });
        row["Version"].ShouldBe(1);
    }

    [Fact]
    public async Task Write_with_the_version_read_raises_it()
    {
        await WriteAsync(null, 1);

        (await WriteAsync(1, 2)).ShouldBe(2);

        (await _orleans.RunAsync("ReadFromStorageKey", Key)).ShouldHaveSingleItem()["PayloadBinary"].ShouldBe(new byte[] { 2 });
    }

    [Fact]
    public async Task Write_with_an_old_version_or_a_second_first_write_changes_nothing()
    {
        await WriteAsync(null, 1);
        await WriteAsync(1, 2);

        (await WriteAsync(1, 3)).ShouldBeNull();
        (await WriteAsync(null, 3)).ShouldBeNull();

        (await _orleans.RunAsync("ReadFromStorageKey", Key)).ShouldHaveSingleItem()["PayloadBinary"].ShouldBe(new byte[] { 2 });
    }

    [Fact]
    public async Task Clear_with_the_version_read_leaves_an_empty_record_of_the_next_version()
    {
        await WriteAsync(null, 1);

        (await _orleans.RunAsync("ClearStorageKey", [.. Key, ("GrainStateVersion", 7)])).ShouldBeEmpty();
        (await _orleans.RunAsync("ClearStorageKey",
            [.. Key, ("GrainStateVersion", 1)])).ShouldHaveSingleItem()["NewGrainStateVersion"].ShouldBe(2);

        var row = (await _orleans.RunAsync("ReadFromStorageKey", Key)).ShouldHaveSingleItem();
        row["PayloadBinary"].ShouldBeNull();
        row["Version"].ShouldBe(2);
    }

    [Fact]
    public async Task Delete_with_the_version_read_takes_the_record()
    {
        await WriteAsync(null, 1);

        (await _orleans.RunAsync("DeleteStorageKey", [.. Key, ("GrainStateVersion", 7)])).ShouldBeEmpty();
        (await _orleans.RunAsync("DeleteStorageKey",
            [.. Key, ("GrainStateVersion", 1)])).ShouldHaveSingleItem()["NewGrainStateVersion"].ShouldBe(2);

        (await _orleans.RunAsync("ReadFromStorageKey", Key)).ShouldBeEmpty();
    }

    async Task<object?> WriteAsync(int? version, byte payload)
    {
        var rows = await _orleans.RunAsync("WriteToStorageKey",
            [.. Key, ("GrainStateVersion", version is { } v ? v : new OrleansQueries.Nothing()),
                ("PayloadBinary", new[] { payload })]);
        return rows.SingleOrDefault()?["NewGrainStateVersion"];
    }
}
