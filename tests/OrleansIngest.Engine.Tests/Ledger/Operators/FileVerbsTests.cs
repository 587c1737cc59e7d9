using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;

namespace OrleansIngest.Engine.Tests.Ledger.Operators;

public sealed class FileVerbsTests
{
    [Theory]
    [InlineData(FileStatus.Discovered, "skip quarantine")]
    [InlineData(FileStatus.Ready, "skip quarantine")]
    [InlineData(FileStatus.Loading, "skip quarantine")]
    [InlineData(FileStatus.Loaded, "replace")]
    [InlineData(FileStatus.Failed, "retry skip quarantine replay")]
    [InlineData(FileStatus.Quarantined, "retry skip replay")]
    [InlineData(FileStatus.Ignored, "skip replay")]
    [InlineData(FileStatus.Vanished, "replay")]
    public void For_Status_OffersWhatWouldChangeSomething(FileStatus status, string verbs) =>
        string.Join(' ', FileVerbs.For(new FileCondition { Status = status })).ShouldBe(verbs);

    [Theory]
    [InlineData(FileStatus.Ready, 0, null, VerbOutcome.Nothing, "but will be")]
    [InlineData(FileStatus.Ready, 5, null, VerbOutcome.Refused, "is waiting to be loaded")]
    [InlineData(FileStatus.Loading, 5, null, VerbOutcome.Refused, "is being loaded by n")]
    [InlineData(FileStatus.Quarantined, 0, null, VerbOutcome.Refused, "ingest replay loads it")]
    [InlineData(FileStatus.Quarantined, 1, null, VerbOutcome.Done, "1 row is removed")]
    [InlineData(FileStatus.Loaded, 7, null, VerbOutcome.Done, "will be loaded again as version 2; 7 rows are removed")]
    [InlineData(FileStatus.Loaded, 7, "of this", VerbOutcome.Refused, "cannot be replaced: of this")]
    public void Decide_Replace_DependsOnStateAndRows(FileStatus status, long rows, string? whyNot, VerbOutcome outcome,
        string says)
    {
        var file = new FileCondition { Status = status, Owner = "n", PathRows = rows, WhyNotReplaced = whyNot };

        var decision = FileVerbs.Decide(FileVerb.Replace, file, again: false);

        decision.Outcome.ShouldBe(outcome);
        decision.Message.ShouldContain(says);
        decision.NewVersion.ShouldBe(outcome == VerbOutcome.Done);
    }

    [Fact]
    public void Decide_ReplayOfALoadedFileWhosePipelineReplaces_SaysThatOldRowsGo()
    {
        var file = new FileCondition { Status = FileStatus.Loaded, CommittedRows = 7, PathRows = 7, IsReplacedByNewer = true };

        FileVerbs.Decide(FileVerb.Replay, file, again: true).Message.ShouldContain("7 rows are removed");
        FileVerbs.Decide(FileVerb.Replay, file, again: false).Message.ShouldNotContain("twice");
    }

    [Fact]
    public void For_SkippedFile_OffersOnlyTheWayBack() =>
        FileVerbs.For(new FileCondition { Status = FileStatus.Ignored, Skipped = true }).ShouldBe(["replay"]);

    [Fact]
    public void Decide_ReplayOfARepeat_NeedsAgain()
    {
        var repeat = new FileCondition
        {
            Status = FileStatus.Ignored,
            IsRepeat = true,
            Reason = "same content as version 1",
            Version = 2,
            NewestVersion = 2
        };

        FileVerbs.Decide(FileVerb.Replay, repeat, again: false).ShouldSatisfyAllConditions(
            d => d.Outcome.ShouldBe(VerbOutcome.Refused), d => d.Message.ShouldContain("same content as version 1"),
            d => d.Message.ShouldContain("--again"));
        FileVerbs.Decide(FileVerb.Replay, repeat, again: true).ShouldSatisfyAllConditions(
            d => d.Outcome.ShouldBe(VerbOutcome.Done), d => d.NewVersion.ShouldBeFalse(),
            d => d.Status.ShouldBe(FileStatus.Ready));
    }

    [Theory]
    [InlineData(FileStatus.Failed)]
    [InlineData(FileStatus.Quarantined)]
    [InlineData(FileStatus.Ignored)]
    [InlineData(FileStatus.Vanished)]
    [InlineData(FileStatus.Loaded)]
    public void Decide_OldVersion_IsNotLoadedAnyMoreAndSaysWhatStandsForIt(FileStatus status)
    {
        var old = new FileCondition
        {
            Status = status,
            CommittedRows = 7,
            Version = 1,
            NewestVersion = 2,
            NewestStatus = FileStatus.Loaded,
            NewestId = new FileId(42)
        };

        var decision = FileVerbs.Decide(FileVerb.Replay, old, again: true);

        decision.Outcome.ShouldBe(VerbOutcome.Refused);
        decision.Message.ShouldContain("version 2 (file 42, loaded)");
        decision.Message.ShouldContain("7 rows of it are in the table already");
    }

    [Fact]
    public void Decide_ReplayOfAFileWithoutARow_WarnsOfNoDuplicates()
    {
        var decision = FileVerbs.Decide(FileVerb.Replay, new FileCondition { Status = FileStatus.Loaded }, again: false);

        decision.Outcome.ShouldBe(VerbOutcome.Refused);
        decision.Message.ShouldBe(
            "is loaded (0 rows). To load its rejects: replay --rejects. To load all of it again: replay --again");
    }

    [Fact]
    public void Decide_ReplayOfALoadedFile_NeedsAgain()
    {
        var loaded = new FileCondition { Status = FileStatus.Loaded, CommittedRows = 1000 };

        FileVerbs.Decide(FileVerb.Replay, loaded, again: false).ShouldSatisfyAllConditions(
            d => d.Outcome.ShouldBe(VerbOutcome.Refused), d => d.Message.ShouldContain("twice"),
            d => d.Message.ShouldContain("1,000 rows"));
        FileVerbs.Decide(FileVerb.Replay, loaded, again: true).ShouldSatisfyAllConditions(
            d => d.Outcome.ShouldBe(VerbOutcome.Done), d => d.NewVersion.ShouldBeTrue(),
            d => d.Status.ShouldBe(FileStatus.Ready));
    }

    [Fact]
    public void Decide_ReplayAgainWhileItIsUnderWay_DoesNothing()
    {
        var old = new FileCondition
        {
            Status = FileStatus.Loaded,
            Version = 1,
            NewestVersion = 2,
            NewestStatus = FileStatus.Loading,
            NewestIsTheSame = true
        };

        FileVerbs.Decide(FileVerb.Replay, old, again: true).Outcome.ShouldBe(VerbOutcome.Nothing);
    }
}
