using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;

namespace OrleansIngest.Engine.Tests.Ledger.Operators;

public sealed class FileVerbsTests
{
    [Theory]
    [InlineData(FileStatus.Discovered, "skip quarantine")]
    [InlineData(FileStatus.Ready, "skip quarantine")]
    [InlineData(FileStatus.Loading, "skip quarantine")]
    [InlineData(FileStatus.Loaded, "")]
    [InlineData(FileStatus.Failed, "retry skip quarantine replay")]
    [InlineData(FileStatus.Quarantined, "retry skip replay")]
    [InlineData(FileStatus.Ignored, "skip replay")]
    [InlineData(FileStatus.Vanished, "replay")]
    public void For_Status_OffersWhatWouldChangeSomething(FileStatus status, string verbs) =>
        string.Join(' ', FileVerbs.For(new FileCondition { Status = status })).ShouldBe(verbs);

    [Fact]
    public void For_SkippedFile_OffersOnlyTheWayBack() =>
        FileVerbs.For(new FileCondition { Status = FileStatus.Ignored, Skipped = true }).ShouldBe(["replay"]);

    [Fact]
    public void Decide_ReplayOfARepeat_NeedsAgain()
    {
        var repeat = new FileCondition { Status = FileStatus.Ignored, IsRepeat = true, Reason = "same content as version 1", Version = 2, NewestVersion = 2 };

        FileVerbs.Decide(FileVerb.Replay, repeat, again: false).ShouldSatisfyAllConditions(
            d => d.Outcome.ShouldBe(VerbOutcome.Refused), d => d.Message.ShouldContain("same content as version 1"), d => d.Message.ShouldContain("--again"));
        FileVerbs.Decide(FileVerb.Replay, repeat, again: true).ShouldSatisfyAllConditions(
            d => d.Outcome.ShouldBe(VerbOutcome.Done), d => d.NewVersion.ShouldBeFalse(), d => d.Status.ShouldBe(FileStatus.Ready));
    }

    [Theory]
    [InlineData(FileStatus.Failed)]
    [InlineData(FileStatus.Quarantined)]
    [InlineData(FileStatus.Ignored)]
    [InlineData(FileStatus.Vanished)]
    [InlineData(FileStatus.Loaded)]
    public void Decide_OldVersion_IsNotLoadedAnyMoreAndSaysWhatStandsForIt(FileStatus status)
    {
        var old = new FileCondition { Status = status, CommittedRows = 7, Version = 1, NewestVersion = 2, NewestStatus = FileStatus.Loaded, NewestId = new FileId(42) };

        var decision = FileVerbs.Decide(FileVerb.Replay, old, again: true);

        decision.Outcome.ShouldBe(VerbOutcome.Refused);
        decision.Message.ShouldContain("version 2 (file 42, loaded)");
        decision.Message.ShouldContain("7 rows of it are in the table already");
    }

    [Fact]
    public void Decide_ReplayOfALoadedFile_NeedsAgain()
    {
        var loaded = new FileCondition { Status = FileStatus.Loaded, CommittedRows = 1000 };

        FileVerbs.Decide(FileVerb.Replay, loaded, again: false).ShouldSatisfyAllConditions(
            d => d.Outcome.ShouldBe(VerbOutcome.Refused), d => d.Message.ShouldContain("twice"), d => d.Message.ShouldContain("1,000 rows"));
        FileVerbs.Decide(FileVerb.Replay, loaded, again: true).ShouldSatisfyAllConditions(
            d => d.Outcome.ShouldBe(VerbOutcome.Done), d => d.NewVersion.ShouldBeTrue(), d => d.Status.ShouldBe(FileStatus.Ready));
    }

    [Fact]
    public void Decide_ReplayAgainWhileItIsUnderWay_DoesNothing()
    {
        var old = new FileCondition { Status = FileStatus.Loaded, Version = 1, NewestVersion = 2, NewestStatus = FileStatus.Loading, NewestIsTheSame = true };

        FileVerbs.Decide(FileVerb.Replay, old, again: true).Outcome.ShouldBe(VerbOutcome.Nothing);
    }
}
