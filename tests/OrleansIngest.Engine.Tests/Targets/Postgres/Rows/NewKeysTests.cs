using Npgsql;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Tests.Targets.Postgres.Rows;

public sealed class NewKeysTests
{
    [Fact]
    public void AreExpected_TriggersMayChangeKeys_Never()
    {
        var keys = new NewKeys();

        keys.Learn(10, 10);

        keys.AreExpected.ShouldBeFalse();
    }

    [Theory]
    [InlineData(100, 100, true)]
    [InlineData(100, 99, false)]
    [InlineData(0, 0, true)]
    public void AreExpected_BehindAMerge_WhenAllItsRowsWereNew(int rows, int inserted, bool expected)
    {
        var keys = new NewKeys { MayBeExpected = true };
        keys.AreExpected.ShouldBeFalse("nothing is known yet");
        keys.Learn(5, 5);
        keys.AreExpected.ShouldBeTrue();

        keys.Learn(rows, inserted);

        keys.AreExpected.ShouldBe(expected);
        keys.Learn(10, 10);
        keys.AreExpected.ShouldBeTrue("the rows are new again");
    }

    [Fact]
    public void AreExpected_BehindAWrongExpectation_AfterEightMergesOfNewKeys()
    {
        var keys = new NewKeys { MayBeExpected = true };
        keys.Learn(5, 5);

        keys.WereNot();
        keys.Learn(5, 4);

        Enumerable.Range(0, 10).Select(_ =>
        {
            keys.Learn(5, 5);
            return keys.AreExpected;
        }).Count(expected => !expected).ShouldBe(7);
    }

    [Theory]
    [InlineData(PostgresErrorCodes.UniqueViolation, "t_pkey", true)]
    [InlineData(PostgresErrorCodes.UniqueViolation, "t_email_key", false)]
    [InlineData(PostgresErrorCodes.CheckViolation, "t_pkey", false)]
    public void AreDenied_Violation_OfTheKeyAlone(string state, string constraint, bool expected) =>
        new NewKeys { Indexes = ["t_pkey"] }.AreDenied(new PostgresException("", "ERROR", "ERROR", state,
            constraintName: constraint)).ShouldBe(expected);
}
