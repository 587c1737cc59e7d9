using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;

namespace OrleansIngest.Engine.Tests.Ledger.Operators;

public sealed class FileVerbsTests
{
    [Theory]
    [InlineData("discovered", "skip quarantine")]
    [InlineData("ready", "skip quarantine")]
    [InlineData("loading", "skip quarantine")]
    [InlineData("loaded", "")]
    [InlineData("failed", "retry skip quarantine replay")]
    [InlineData("quarantined", "retry skip replay")]
    [InlineData("ignored", "skip replay")]
    [InlineData("vanished", "replay")]
    public void For_Status_OffersWhatWouldChangeSomething(string status, string verbs) =>
        string.Join(' ', FileVerbs.For(new FileCondition { Status = status })).ShouldBe(verbs);

    [Fact]
    public void For_SkippedFile_OffersOnlyTheWayBack() =>
        FileVerbs.For(new FileCondition { Status = "ignored", Skipped = true }).ShouldBe(["replay"]);

    [Fact]
    public void Decide_ReplayOfARepeat_NeedsAgain()
    {
        var repeat = new FileCondition { Status = "ignored", IsRepeat = true, Reason = "same content as version 1", Version = 2, NewestVersion = 2 };

        FileVerbs.Decide(FileVerb.Replay, repeat, again: false).ShouldSatisfyAllConditions(
            d => d.Outcome.ShouldBe(VerbOutcome.Refused), d => d.Message.ShouldContain("same content as version 1"), d => d.Message.ShouldContain("--again"));
        FileVerbs.Decide(FileVerb.Replay, repeat, again: true).ShouldSatisfyAllConditions(
            d => d.Outcome.ShouldBe(VerbOutcome.Done), d => d.NewVersion.ShouldBeFalse(), d => d.Status.ShouldBe("ready"));
    }

    [Theory]
    [InlineData("failed")]
    [InlineData("quarantined")]
    [InlineData("ignored")]
    [InlineData("vanished")]
    [InlineData("loaded")]
    public void Decide_OldVersion_IsNotLoadedAnyMoreAndSaysWhatStandsForIt(string status)
    {
        var old = new FileCondition { Status = status, CommittedRows = 7, Version = 1, NewestVersion = 2, NewestStatus = "loaded", NewestId = new FileId(42) };

        var decision = FileVerbs.Decide(FileVerb.Replay, old, again: true);

        decision.Outcome.ShouldBe(VerbOutcome.Refused);
        decision.Message.ShouldContain("version 2 (file 42, loaded)");
        decision.Message.ShouldContain("7 rows of it are in the table already");
    }

    [Fact]
    public void Decide_ReplayOfALoadedFile_NeedsAgain()
    {
        var loaded = new FileCondition { Status = "loaded", CommittedRows = 1000 };

        FileVerbs.Decide(FileVerb.Replay, loaded, again: false).ShouldSatisfyAllConditions(
            d => d.Outcome.ShouldBe(VerbOutcome.Refused), d => d.Message.ShouldContain("twice"), d => d.Message.ShouldContain("1,000 rows"));
        FileVerbs.Decide(FileVerb.Replay, loaded, again: true).ShouldSatisfyAllConditions(
            d => d.Outcome.ShouldBe(VerbOutcome.Done), d => d.NewVersion.ShouldBeTrue(), d => d.Status.ShouldBe("ready"));
    }

    [Fact]
    public void Decide_ReplayAgainWhileItIsUnderWay_DoesNothing()
    {
        var old = new FileCondition { Status = "loaded", Version = 1, NewestVersion = 2, NewestStatus = "loading", NewestIsTheSame = true };

        FileVerbs.Decide(FileVerb.Replay, old, again: true).Outcome.ShouldBe(VerbOutcome.Nothing);
    }
}
