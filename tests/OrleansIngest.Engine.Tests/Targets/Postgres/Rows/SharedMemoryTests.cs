using CsCheck;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Tests.Targets.Postgres.Rows;

public sealed class SharedMemoryTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AcquireAsync_AnotherHoldsAllThatItCan_OwnPartIsFree()
    {
        var memory = new SharedMemory(100);
        var (stuck, other) = (memory.Join(), memory.Join());
        await stuck.AcquireAsync(75, Stop); // its 25, and the common 50
        stuck.AcquireAsync(1, Stop).IsCompleted.ShouldBeFalse();

        other.AcquireAsync(25, Stop).IsCompleted.ShouldBeTrue();
        var more = other.AcquireAsync(10, Stop);
        more.IsCompleted.ShouldBeFalse("what is common is the other's");
        stuck.Release(75);
        await more;
    }

    [Fact]
    public async Task AcquireAsync_NothingInUse_IsNeverKeptWaiting()
    {
        var memory = new SharedMemory(100);
        var (stuck, other) = (memory.Join(), memory.Join());
        await stuck.AcquireAsync(75, Stop);

        other.AcquireAsync(60, Stop).IsCompleted.ShouldBeTrue("a batch that is larger than its part would wait for ever");
    }

    [Fact]
    public async Task Leave_WhoHasAllOfTheRest_GetsThatToo()
    {
        var memory = new SharedMemory(100);
        var (gone, other) = (memory.Join(), memory.Join());
        await other.AcquireAsync(75, Stop);
        var more = other.AcquireAsync(25, Stop);
        more.IsCompleted.ShouldBeFalse();

        memory.Leave(gone);
        await more;
        other.Used.ShouldBe(100);
    }

    /// <summary>Whatever is asked for and given back, all together have no more than there is, but for one request of each; and
    /// who waits is let in at last.</summary>
    [Fact]
    public void Acquire_AndRelease_AtRandom_StayWithinTheWhole()
    {
        const int Total = 100, Most = 20;
        Gen.Select(Gen.Int[0, 2], Gen.Int[1, Most], Gen.Bool).Array[1, 60].Sample(steps =>
        {
            var memory = new SharedMemory(Total);
            MemoryBudget[] members = [memory.Join(), memory.Join(), memory.Join()];
            var asked = members.Select(_ => new List<int>()).ToArray(); // in use or waiting, in the order of asking
            foreach (var (who, bytes, takes) in steps)
            {
                if (takes)
                {
                    asked[who].Add(bytes);
                    _ = members[who].AcquireAsync(bytes, CancellationToken.None);
                }
                else if (members[who].Used > 0)
                {
                    members[who].Release(asked[who][0]);
                    asked[who].RemoveAt(0);
                }

                for (var i = 0; i < members.Length; i++)
                {
                    Enumerable.Range(0, asked[i].Count + 1).Select(n => (long)asked[i].Take(n).Sum())
                        .ShouldContain(members[i].Used, "who asked first is served first");
                    if (asked[i].Count > 0) members[i].Used.ShouldBeGreaterThan(0, "who uses nothing is not kept waiting");
                }

                members.Sum(m => m.Used).ShouldBeLessThanOrEqualTo(Total + members.Length * Most);
            }

            foreach (var (member, waiting) in members.Zip(asked))
            {
                while (waiting.Count > 0)
                {
                    member.Release(waiting[0]);
                    waiting.RemoveAt(0);
                }

                member.Used.ShouldBe(0);
            }
        });
    }
}
