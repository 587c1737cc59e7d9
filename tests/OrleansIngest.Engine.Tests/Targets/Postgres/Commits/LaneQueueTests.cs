using CsCheck;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Targets.Postgres.Commits;

namespace OrleansIngest.Engine.Tests.Targets.Postgres.Commits;

public sealed class LaneQueueTests : IDisposable
{
    readonly LaneQueue<Item> _queue = new(capacity: 8, item => item.Lane);
    readonly FileLane _a = new();
    readonly FileLane _b = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _queue.Dispose();

    [Fact]
    public async Task Take_FileThatALaneHasBegun_GoesToThatLane()
    {
        await AddAsync((_a, 1), (_b, 1), (_a, 2), (_b, 2));

        (await TakeAsync(lane: 1)).ShouldBe((_a, 1));
        (await TakeAsync(lane: 2)).ShouldBe((_b, 1));
        (await TakeAsync(lane: 2)).ShouldBe((_b, 2)); // although the other one is older
        (await TakeAsync(lane: 1)).ShouldBe((_a, 2));
    }

    [Fact]
    public async Task Take_NewFileBeforeOnesOwn_IsServedInOrder()
    {
        await AddAsync((_a, 1));
        await TakeAsync(lane: 1);
        await AddAsync((_b, 1), (_a, 2));

        (await TakeAsync(lane: 1)).ShouldBe((_b, 1));
    }

    [Fact]
    public async Task Take_NothingButOfOthers_TakesThatAndLeavesTheFileWhereItIs()
    {
        await AddAsync((_a, 1), (_a, 2), (_a, 3));
        await TakeAsync(lane: 1);

        (await TakeAsync(lane: 2)).ShouldBe((_a, 2));
        _a.Number.ShouldBe(1);
    }

    [Fact]
    public async Task TakeMore_OnlyOfOthers_LeavesItToThem()
    {
        await AddAsync((_a, 1), (_a, 2));
        await TakeAsync(lane: 1);

        _queue.TryTakeMore(2, out _).ShouldBeFalse();
        _queue.TryTakeMore(1, out var item).ShouldBeTrue();
        item!.Number.ShouldBe(2);
    }

    [Fact]
    public async Task Add_Full_WaitsForRoom()
    {
        for (var i = 1; i <= 8; i++) await AddAsync((_a, i));

        var waiting = _queue.AddAsync(new Item(_a, 9), Cancel).AsTask();
        waiting.IsCompleted.ShouldBeFalse();
        await TakeAsync(lane: 1);
        await waiting;
    }

    [Fact]
    public async Task Complete_ItemsLeft_AreGivenOutAndThenEveryLaneHearsOfTheEnd()
    {
        await AddAsync((_a, 1));
        _queue.Complete();

        (await TakeAsync(lane: 2)).ShouldBe((_a, 1));
        for (var lane = 1; lane <= 3; lane++) (await _queue.TakeAsync(lane, Cancel)).Found.ShouldBeFalse();
        await Should.ThrowAsync<InvalidOperationException>(() => AddAsync((_a, 2)));
    }

    [Fact]
    public async Task Complete_OthersWaitForRoom_TheyHearOfItWhenThereIs()
    {
        for (var i = 1; i <= 8; i++) await AddAsync((_a, i));
        var waiting = Enumerable.Range(9, 3).Select(i => _queue.AddAsync(new Item(_a, i), Cancel).AsTask()).ToArray();
        _queue.Complete();

        await TakeAsync(lane: 1);

        foreach (var one in waiting) await Should.ThrowAsync<InvalidOperationException>(() => one);
    }

    /// <summary>Law: whatever lanes and files there are, each item is taken once, and what one lane
    /// takes of a file is in order.</summary>
    [Fact]
    public async Task Take_ManyLanesAndFilesAtOnce_EachItemIsTakenOnce() =>
        await Gen.Select(Gen.Int[1, 4], Gen.Int[1, 12], Gen.Int[0, 60]).SampleAsync(async (lanes, files, perFile) =>
        {
            using var queue = new LaneQueue<Item>(capacity: 5, item => item.Lane);
            FileLane[] owners = [.. Enumerable.Range(0, files).Select(_ => new FileLane())];
            var taking = Enumerable.Range(1, lanes).Select(lane => Task.Run(async () =>
            {
                var taken = new List<Item>();
                while (await queue.TakeAsync(lane, CancellationToken.None) is (true, { } first))
                {
                    taken.Add(first);
                    while (taken.Count % 4 != 0 && queue.TryTakeMore(lane, out var more)) taken.Add(more!);
                }

                return taken;
            })).ToArray();
            await Task.WhenAll(owners.Select(owner => Task.Run(async () =>
            {
                for (var i = 0; i < perFile; i++) await queue.AddAsync(new Item(owner, i), CancellationToken.None);
            })));
            queue.Complete();

            var lists = await Task.WhenAll(taking);
            lists.Sum(list => list.Count).ShouldBe(files * perFile);
            lists.SelectMany(list => list).Distinct().Count().ShouldBe(files * perFile);
            foreach (var ofOne in lists.SelectMany(list => list.GroupBy(item => item.Lane)))
                ofOne.Select(item => item.Number).ShouldBeInOrder();
        }, iter: 200);

    async Task AddAsync(params (FileLane File, int Number)[] items)
    {
        foreach (var (file, number) in items) await _queue.AddAsync(new Item(file, number), Cancel);
    }

    async Task<(FileLane File, int Number)> TakeAsync(int lane)
    {
        var (found, item) = await _queue.TakeAsync(lane, Cancel);
        found.ShouldBeTrue();
        return (item!.Lane, item.Number);
    }

    sealed record Item(FileLane Lane, int Number);
}
