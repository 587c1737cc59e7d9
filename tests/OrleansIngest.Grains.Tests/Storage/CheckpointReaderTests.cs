using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Grains.Tests.Storage;

public sealed class CheckpointReaderTests
{
    [Fact]
    public async Task Reads_asked_for_during_a_read_are_answered_by_one_more()
    {
        var calls = new List<FileId[]>();
        var entered = new TaskCompletionSource();
        var first = new TaskCompletionSource();
        var reader = new CheckpointReader(async files =>
        {
            calls.Add([.. files]);
            entered.TrySetResult();
            await first.Task;
            return files.ToDictionary(f => f, f => new FileCheckpoint { Epoch = (int)f.Value, Status = "loading" });
        });

        var lone = reader.ReadAsync(new FileId(1000));
        await entered.Task;
        var many = Enumerable.Range(1, 100).Select(i => reader.ReadAsync(new FileId(i))).ToArray();
        first.SetResult();

        (await lone).Epoch.ShouldBe(1000);
        (await Task.WhenAll(many)).Select(c => c.Epoch).ShouldBe(Enumerable.Range(1, 100));
        calls.Select(c => c.Length).ShouldBe([1, 100]);
    }

    [Fact]
    public async Task Unknown_file_has_an_empty_checkpoint()
    {
        var reader = new CheckpointReader(
            _ => Task.FromResult<IReadOnlyDictionary<FileId, FileCheckpoint>>(new Dictionary<FileId, FileCheckpoint>()));

        var checkpoint = await reader.ReadAsync(new FileId(1));

        checkpoint.Status.ShouldBeNull();
        checkpoint.Epoch.ShouldBe(0);
    }

    [Fact]
    public async Task Failed_read_fails_those_who_asked_and_nobody_after_them()
    {
        var fails = true;
        var reader = new CheckpointReader(files => fails
            ? throw new TimeoutException("away")
            : Task.FromResult<IReadOnlyDictionary<FileId, FileCheckpoint>>(
                files.ToDictionary(f => f, _ => new FileCheckpoint { Epoch = 3 })));

        await Should.ThrowAsync<TimeoutException>(() => reader.ReadAsync(new FileId(1)));
        fails = false;

        (await reader.ReadAsync(new FileId(1))).Epoch.ShouldBe(3);
    }
}
