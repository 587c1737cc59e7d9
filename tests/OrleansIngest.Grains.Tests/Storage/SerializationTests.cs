using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading.Splits;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Grains.Tests.Storage;

public sealed class SerializationTests
{
    [Fact]
    public void Claim_that_travels_arrives_as_it_was()
    {
        var claim = new FileClaim
        {
            FileId = new FileId(long.MaxValue),
            Pipeline = "events",
            File = new SeenFile("/data/ü.csv", 1L << 40, 1_700_000_000_123_456_789, ulong.MaxValue, 42),
            Epoch = 7,
            Owner = new NodeId("node-1"),
            Attempts = 2,
            Earlier = new FileId(41),
            IsForced = true,
            Unit = PositionUnit.DecodedByte,
            EndPosition = 1L << 41,
            RestartPoints = [new RestartPoint(100, 60), new RestartPoint(150, 90)],
            Archive = new SeenFile("/data/ü.zip", 1L << 42, 1_700_000_000_123_456_788, ulong.MaxValue - 1, 43),
            Target = "staging.\"Ünits\"",
            Committed = [new PositionSpan(0, 100), new PositionSpan(200, 1L << 39)],
        };

        var copy = RoundTrip(claim);

        copy.Committed.ShouldBe(claim.Committed);
        copy.RestartPoints.ShouldBe(claim.RestartPoints);
        (copy with { Committed = claim.Committed, RestartPoints = claim.RestartPoints }).ShouldBe(claim);
    }

    [Fact]
    public void Checkpoint_that_moves_arrives_as_it_was()
    {
        var checkpoint = new FileCheckpoint
        {
            Epoch = 3,
            Status = "loading",
            Size = 1000,
            Unit = PositionUnit.Row,
            EndPosition = 77,
            Committed = [new PositionSpan(10, 20), new PositionSpan(30, 40)]
        };

        var copy = RoundTrip(checkpoint);

        copy.Committed.ShouldBe(checkpoint.Committed);
        (copy with { Committed = checkpoint.Committed }).ShouldBe(checkpoint);
    }

    [Fact]
    public void Split_that_travels_arrives_as_it_was()
    {
        var claim = new FileClaim
        {
            FileId = new FileId(5),
            Pipeline = "events",
            File = new SeenFile("/a.csv", 1L << 40, 17, 1, 42),
            Epoch = 2,
            Owner = new NodeId("host-12-345678"),
            Attempts = 0,
            Committed = [],
        };
        var source = new SplitSource(claim, 3, "kept", new DateTimeOffset(2026, 11, 26, 1, 2, 3, TimeSpan.Zero), "print");
        var split = new FileSplit(1, new RecordPosition(2, 3), 1L << 41, new RecordPosition(5, 6), 1L << 42);

        var copy = RoundTrip(source);

        (copy with { Claim = claim }).ShouldBe(source);
        (copy.Claim with { Committed = claim.Committed, RestartPoints = claim.RestartPoints }).ShouldBe(claim);
        RoundTrip(split).ShouldBe(split);
        var report = new SplitReport(SplitState.Ended, new SplitResult(7, "why not"));
        RoundTrip(report).ShouldBe(report);
    }

    [Theory]
    [InlineData(1, "5-2-host-12-345678")] // as older programs write it
    [InlineData(13, "5-2.13-host-12-345678")]
    public void Key_of_a_split_grain_is_read_as_it_was_written(int plan, string text)
    {
        var key = new SplitKey(new NodeId("host-12-345678"), new FileId(5), 2, plan);

        key.ToString().ShouldBe(text);
        SplitKey.Parse(text).ShouldBe(key);
    }

    [Fact]
    public void Operator_state_is_stored_as_plain_json()
    {
        var serializer = new OperatorStateSerializer();

        var state = new OperatorState { Paused = true, PausedBy = "somebody", MaxInFlight = 3, Priority = -1 };

        var stored = serializer.Serialize(state);

        stored.ToString().ShouldBe("""{"paused":true,"pausedBy":"somebody","maxInFlight":3,"priority":-1}""");
        serializer.Deserialize<OperatorState>(stored).ShouldBe(state);
    }

    [Fact]
    public void Operator_state_of_the_version_before_can_be_read() =>
        new OperatorStateSerializer().Deserialize<OperatorState>(new BinaryData("""{"paused":true,"pausedBy":"somebody"}"""))
            .ShouldBe(new OperatorState { Paused = true, PausedBy = "somebody" });

    static T RoundTrip<T>(T value)
    {
        using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        return serializer.Deserialize<T>(serializer.SerializeToArray(value))!;
    }
}
