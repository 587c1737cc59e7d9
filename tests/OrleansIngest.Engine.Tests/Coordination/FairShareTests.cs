using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Engine.Tests.Coordination;

public sealed class FairShareTests
{
    [Fact]
    public void Alone_takes_all_that_is_free() => Of(capacity: 100, free: 60, Me(waiting: 500)).ShouldBe(60);

    [Fact]
    public void Limit_counts_the_files_in_work()
    {
        Of(100, 90, Me(waiting: 500, loading: 10, most: 12)).ShouldBe(2);
        Of(100, 90, Me(waiting: 500, loading: 15, most: 12)).ShouldBe(0);
    }

    [Fact]
    public void Higher_priority_is_left_what_it_wants_and_no_more()
    {
        Of(100, 60, Me(waiting: 500), Other(priority: 1, waiting: 20)).ShouldBe(40);
        Of(100, 60, Me(waiting: 500), Other(priority: 1, waiting: 500)).ShouldBe(0);
        Of(100, 60, Me(waiting: 500), Other(priority: 1, waiting: 500, loading: 8, most: 10)).ShouldBe(58);
    }

    [Fact]
    public void Lower_priority_is_left_nothing() => Of(100, 60, Me(waiting: 500), Other(priority: -1, waiting: 500)).ShouldBe(60);

    [Fact]
    public void Same_priority_is_left_its_even_share()
    {
        Of(100, 100, Me(waiting: 500), Other(priority: 0, waiting: 500)).ShouldBe(50);
        Of(100, 60, Me(waiting: 500), Other(priority: 0, waiting: 500, loading: 40)).ShouldBe(50);
        Of(100, 100, Me(waiting: 500), Other(priority: 0, waiting: 3)).ShouldBe(97);
        Of(100, 100, Me(waiting: 500), Other(priority: 0, waiting: 0)).ShouldBe(100);
    }

    [Fact]
    public void Fewer_places_than_pipelines_are_not_left_to_others_by_all() =>
        Of(1, 1, Me(waiting: 5), Other(priority: 0, waiting: 5)).ShouldBe(1);

    static int Of(int capacity, int free, params PipelineDemand[] demands) => FairShare.Of("me", demands, capacity, free);

    static PipelineDemand Me(int waiting, int loading = 0, int? most = null) => new("me", 0, most, waiting, loading);

    static PipelineDemand Other(int priority, int waiting, int loading = 0, int? most = null) =>
        new("other", priority, most, waiting, loading);
}
