using Npgsql;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Targets.Postgres.Commits;

namespace OrleansIngest.Engine.Tests.Targets.Postgres.Commits;

/// <summary>Whatever fails, a batch has an end, unless the server is away.</summary>
public sealed class CommitCourseTests
{
    [Fact]
    public void Next_DataOfAGroup_SplitsItFirst() =>
        new CommitCourse().Next(FailureClass.Data, Error("23505"), CommitStage.SendingRows, batches: 3).ShouldBe(CommitStep.Split);

    [Fact]
    public void Next_DataOfOneBatch_StagesThenBisectsThenRefuses()
    {
        var course = new CommitCourse();

        course.Next(FailureClass.Data, Error("23505"), CommitStage.SendingRows, 1).ShouldBe(CommitStep.Retry);
        course.Delivery.ShouldBe(RowDelivery.Stage);
        course.Next(FailureClass.Data, Error("23505"), CommitStage.SendingRows, 1).ShouldBe(CommitStep.Retry);
        course.Delivery.ShouldBe(RowDelivery.Bisect);
        course.Next(FailureClass.Data, Error("23505"), CommitStage.SendingRows, 1).ShouldBe(CommitStep.Refuse);
    }

    [Fact]
    public void Next_BisectionThatFoundSomethingOut_GoesOn()
    {
        var course = new CommitCourse();
        for (var i = 0; i < 2; i++) course.Next(FailureClass.Data, Error("XX000"), CommitStage.SendingRows, 1);

        course.Known.Add(0, 8, Error("XX000"));
        course.Next(FailureClass.Transient, Error("XX000"), CommitStage.SendingRows, 1);
        course.Next(FailureClass.Transient, Error("XX000"), CommitStage.SendingRows, 1).ShouldBe(CommitStep.Retry);
        course.Next(FailureClass.Transient, Error("XX000"), CommitStage.SendingRows, 1).ShouldBe(CommitStep.Refuse);
    }

    [Fact]
    public void Next_Timeout_GoesStraightToSmallerCopies()
    {
        var course = new CommitCourse();
        var timeout = Error(PostgresErrorCodes.QueryCanceled);

        course.Next(FailureClass.Transient, timeout, CommitStage.SendingRows, 1).ShouldBe(CommitStep.Wait);
        course.Next(FailureClass.Transient, timeout, CommitStage.SendingRows, 1).ShouldBe(CommitStep.Retry);
        course.Delivery.ShouldBe(RowDelivery.Bisect);
    }

    [Fact]
    public void Next_StageThatCannotBeMade_Bisects()
    {
        var course = new CommitCourse();
        course.Next(FailureClass.Data, Error("23505"), CommitStage.SendingRows, 1);

        course.Next(FailureClass.File, Error("42501"), CommitStage.Preparing, 1).ShouldBe(CommitStep.Retry);
        course.Delivery.ShouldBe(RowDelivery.Bisect);
    }

    [Fact]
    public void Next_ServerAway_WaitsForEver()
    {
        var course = new CommitCourse();
        for (var i = 0; i < 10_000; i++)
            course.Next(FailureClass.Outage, new NpgsqlException("away"), CommitStage.Preparing, 1).ShouldBe(CommitStep.WaitForServer);
    }

    [Fact]
    public void Next_SessionsThatEndOverTheSameRows_AreTheBatchesFaultAfterTen()
    {
        var course = new CommitCourse();
        var steps = Enumerable.Range(0, CommitCourse.MostLosses)
            .Select(_ => course.Next(FailureClass.Outage, new NpgsqlException("gone"), CommitStage.SendingRows, 1)).ToArray();

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
            var course = new CommitCourse();
            var steps = 1;
            while (course.Next(kind, Error("40001"), stage, 1) != CommitStep.Refuse) (++steps).ShouldBeLessThan(100);
        }
    }

    static PostgresException Error(string state) => FailureClassifierTests.Error(state);
}
