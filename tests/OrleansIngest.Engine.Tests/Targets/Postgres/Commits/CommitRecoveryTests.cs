using Npgsql;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Targets.Postgres.Commits;

namespace OrleansIngest.Engine.Tests.Targets.Postgres.Commits;

/// <summary>Whatever fails, a batch has an end, unless the server is away.</summary>
public sealed class CommitRecoveryTests
{
    [Fact]
    public void Next_DataOfAGroup_SplitsItFirst() =>
        new CommitRecovery().Next(FailureClass.Data, Error("23505"), CommitStage.SendingRows,
            batches: 3).ShouldBe(CommitStep.Split);

    [Fact]
    public void Next_DataOfOneBatch_StagesThenBisectsThenRefuses()
    {
        var recovery = new CommitRecovery();

        recovery.Next(FailureClass.Data, Error("23505"), CommitStage.SendingRows, 1).ShouldBe(CommitStep.Retry);
        recovery.Delivery.ShouldBe(RowDelivery.Stage);
        recovery.Next(FailureClass.Data, Error("23505"), CommitStage.SendingRows, 1).ShouldBe(CommitStep.Retry);
        recovery.Delivery.ShouldBe(RowDelivery.Bisect);
        recovery.Next(FailureClass.Data, Error("23505"), CommitStage.SendingRows, 1).ShouldBe(CommitStep.Refuse);
    }

    [Fact]
    public void Next_BisectionThatFoundSomethingOut_GoesOn()
    {
        var recovery = new CommitRecovery();
        for (var i = 0; i < 2; i++) recovery.Next(FailureClass.Data, Error("XX000"), CommitStage.SendingRows, 1);

        recovery.Known.Add(0, 8, Error("XX000"));
        recovery.Next(FailureClass.Transient, Error("XX000"), CommitStage.SendingRows, 1);
        recovery.Next(FailureClass.Transient, Error("XX000"), CommitStage.SendingRows, 1).ShouldBe(CommitStep.Retry);
        recovery.Next(FailureClass.Transient, Error("XX000"), CommitStage.SendingRows, 1).ShouldBe(CommitStep.Refuse);
    }

    [Fact]
    public void Next_Timeout_GoesStraightToSmallerCopies()
    {
        var recovery = new CommitRecovery();
        var timeout = Error(PostgresErrorCodes.QueryCanceled);

        recovery.Next(FailureClass.Transient, timeout, CommitStage.SendingRows, 1).ShouldBe(CommitStep.Wait);
        recovery.Next(FailureClass.Transient, timeout, CommitStage.SendingRows, 1).ShouldBe(CommitStep.Retry);
        recovery.Delivery.ShouldBe(RowDelivery.Bisect);
    }

    [Fact]
    public void Next_StageThatCannotBeMade_Bisects()
    {
        var recovery = new CommitRecovery();
        recovery.Next(FailureClass.Data, Error("23505"), CommitStage.SendingRows, 1);

        recovery.Next(FailureClass.File, Error("42501"), CommitStage.Preparing, 1).ShouldBe(CommitStep.Retry);
        recovery.Delivery.ShouldBe(RowDelivery.Bisect);
    }

    [Fact]
    public void Next_ServerAway_WaitsForEver()
    {
        var recovery = new CommitRecovery();
        for (var i = 0; i < 10_000; i++)
            recovery.Next(FailureClass.Outage, new NpgsqlException("away"), CommitStage.Preparing,
                1).ShouldBe(CommitStep.WaitForServer);
    }

    [Fact]
    public void Next_SessionsThatEndOverTheSameRows_AreTheBatchesFaultAfterTen()
    {
        var recovery = new CommitRecovery();
        var steps = Enumerable.Range(0, CommitRecovery.MostLosses)
            .Select(_ => recovery.Next(FailureClass.Outage, new NpgsqlException("gone"), CommitStage.SendingRows, 1)).ToArray();

        steps[..^1].ShouldAllBe(step => step == CommitStep.WaitForServer);
        steps[^1].ShouldBe(CommitStep.Refuse);
    }

    [Theory]
    [InlineData(FailureClass.Data)]
    [InlineData(FailureClass.Transient)]
    [InlineData(FailureClass.Fence)]
    [InlineData(FailureClass.Repeated)]
    [InlineData(FailureClass.Stale)]
    [InlineData(FailureClass.File)]
    internal void Next_AnythingElse_ComesToAnEnd(FailureClass kind)
    {
        foreach (var stage in Enum.GetValues<CommitStage>())
        {
            var recovery = new CommitRecovery();
            var steps = 1;
            while (recovery.Next(kind, Error("40001"), stage, 1) != CommitStep.Refuse) (++steps).ShouldBeLessThan(100);
        }
    }

    static PostgresException Error(string state) => FailureClassifierTests.Error(state);
}
