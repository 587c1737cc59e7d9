using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Engine.Tests.Ledger.Views;

public sealed class AttentionTests
{
    [Theory]
    [InlineData(0, 0, 0, 0, "none", null)]
    [InlineData(4, 0, 0, 7317, "critical", "4 files quarantined · 7,317 open rejects")]
    [InlineData(0, 1, 0, 5, "critical", "1 file with every record rejected · 2 other open rejects", 3)]
    [InlineData(0, 1, 0, 3, "critical", "1 file with every record rejected", 3)]
    [InlineData(0, 0, 2, 0, "warning", "2 files failed")]
    [InlineData(0, 0, 0, 1, "warning", "1 open reject")]
    public void Level_WhatIsOpen_IsTheWorstOfIt(long quarantined, long allRejected, long failed, long rejects, string level,
        string? text, long ofThose = 0)
    {
        var attention = new Attention(quarantined, allRejected, failed, rejects) { RejectsOfThose = ofThose };

        (attention.Level, attention.Text).ShouldBe((level, text));
    }

    [Theory]
    [InlineData("loaded", 9, 1, 1, "loaded-with-rejects")]
    [InlineData("loaded", 9, 1, 0, "loaded")]        // replayed or closed
    [InlineData("loaded", 0, 3, 3, "all-rejected")]
    [InlineData("loaded", 0, 3, 2, "loaded-with-rejects")] // the third one was replayed
    [InlineData("loaded", 0, 3, 0, "loaded")]
    [InlineData("loaded", 0, 0, 0, "loaded")]        // an empty file
    [InlineData("quarantined", 0, 3, 3, "quarantined")]
    [InlineData("loading", 0, 3, 3, "loading")]
    public void Of_StatusAndOpenRejects_IsTheStateForPeople(string status, long loaded, long rejected, long open, string state) =>
        FileStates.Of(status, loaded, rejected, open).ShouldBe(state);

    [Fact]
    public void All_States_HoldEveryStatusOfTheLedger() => FileStates.Statuses.ShouldBeSubsetOf(FileStates.All);
}
