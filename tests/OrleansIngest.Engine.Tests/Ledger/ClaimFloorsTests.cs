using Microsoft.Extensions.Time.Testing;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Engine.Tests.Ledger;

public sealed class ClaimFloorsTests
{
    readonly FakeTimeProvider _time = new();
    readonly ClaimFloors _floors;

    public ClaimFloorsTests() => _floors = new(_time);

    [Fact]
    public void Take_FewFilesWereClaimed_BeginsAtTheOldest()
    {
        Claim(ClaimFloors.FewFiles - 2, old: 10, recent: 20);

        _floors.Take("p").ShouldBe(ClaimFloors.None);
    }

    [Fact]
    public void Take_ManyFilesWereClaimed_BeginsAtTheLastOfTheLastClaim()
    {
        Claim(ClaimFloors.FewFiles, old: 10, recent: 20);
        _floors.Raise("p", [(13, false), (12, false)]);

        _floors.Take("p").ShouldBe((13, 20));
        _floors.Take("other").ShouldBe(ClaimFloors.None);
    }

    [Fact]
    public void Take_OnceASecond_BeginsAtTheOldest()
    {
        Claim(ClaimFloors.FewFiles, old: 10, recent: 20);
        _time.Advance(TimeSpan.FromMilliseconds(999));
        _floors.Take("p").ShouldBe((10, 20));
        _time.Advance(TimeSpan.FromMilliseconds(1));

        _floors.Take("p").ShouldBe(ClaimFloors.None);
        Claim(1, old: 30, recent: 40);
        _floors.Take("p").ShouldBe((30, 40));
    }

    [Theory]
    [InlineData(5, 5, 5)]
    [InlineData(15, 10, 15)]
    [InlineData(25, 10, 20)]
    public void Lower_FileThatWaits_IsNotBelowTheFloor(long modified, long old, long recent)
    {
        Claim(ClaimFloors.FewFiles, old: 10, recent: 20);

        _floors.Lower("p", modified);

        _floors.Take("p").ShouldBe((old, recent));
    }

    [Fact]
    public void Raise_ClaimThatGotNothing_LeavesTheFloor()
    {
        Claim(ClaimFloors.FewFiles, old: 10, recent: 20);
        _floors.Raise("p", []);

        _floors.Take("p").ShouldBe((10, 20));
    }

    void Claim(int files, long old, long recent)
    {
        _floors.Take("p");
        _floors.Raise("p", [.. Enumerable.Range(0, files).Select(_ => (old, false)), (recent, true)]);
    }
}
