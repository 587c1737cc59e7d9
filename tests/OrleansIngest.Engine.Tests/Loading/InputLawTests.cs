using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Tests.Formats;
using OrleansIngest.Engine.Tests.Sources.FileSystem;

namespace OrleansIngest.Engine.Tests.Loading;

/// <summary>The law of inputs, on which exactly-once stands (G1), over every source, codec, encoding and format, sound and
/// spoiled: the same version gives the same records at the same positions, and so does every tail of it; what cannot be read says
/// so, and always in the same place.</summary>
public sealed class InputLawTests : IDisposable
{
    readonly TemporaryDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Input_OfAnyKind_GivesTheSameRecordsFromEveryBoundary()
    {
        var first = FuzzCases.Count(0) > 0 ? 1_000_000 : 0; // a long run tries others
        int refused = 0, known = 0;
        for (var seed = first; seed < first + FuzzCases.Count(10_000); seed++)
        {
            var input = AnyInput.Of(seed);
            var path = _temp[input.Name];
            File.WriteAllBytes(path, input.Bytes);
            try
            {
                if (!Hold(path, input, new Random(seed), ref known)) refused++;
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"seed {seed}, {input.Name}: {failure.Message}", failure);
            }

            File.Delete(path);
        }

        refused.ShouldBeGreaterThan(0);
        known.ShouldBeGreaterThan(0);
    }

    static bool Hold(string path, AnyInput input, Random random, ref int known)
    {
        var all = Read(path, input.Options, null);
        if (all is null) return false;
        if (input.Records is { } records)
        {
            all.Value.Failure.ShouldBeNull();
            all.Value.Records.Where(r => r.Kind != RecordKind.Blank).Select(r => r.Fields).ShouldBe(records);
            known++;
        }

        for (var i = 1; i < all.Value.Records.Count; i++)
            all.Value.Records[i].Position.ShouldBeGreaterThan(all.Value.Records[i - 1].Position);
        if (all.Value.Records.Count == 0) return true;
        var at = random.Next(all.Value.Records.Count);
        var tail = Read(path, input.Options, all.Value.Records[at], all.Value.Restart).ShouldNotBeNull();
        (tail.Failure, tail.End).ShouldBe((all.Value.Failure, all.Value.End), $"from record {at}");
        tail.Records.ShouldBe(all.Value.Records[at..], $"from record {at}");
        return true;
    }

    /// <summary>From a record on, as a claim after a kill does; null where it cannot be read at all.</summary>
    static (List<SeenRecord> Records, long End, string? Failure, RestartPoint? Restart)? Read(
        string path, PipelineOptions options, SeenRecord? from, RestartPoint? restart = null)
    {
        OpenedInput input;
        try
        {
            input = OpenedInput.OpenFirst(path, options);
        }
        catch (BrokenContentException failure)
        {
            failure.Message.ShouldNotBeEmpty();
            return null;
        }

        using (input)
        {
            if (input.Refusal() is { } refusal)
            {
                refusal.ShouldNotBeEmpty();
                return null;
            }

            var taker = new FormatProbe.Taker();
            try
            {
                var layout = input.Format.ReadLayout(input.Content, null);
                if (restart is { } point && from is not null && point.Position <= from.Position) input.Content.Learn(point);
                var span = new PositionSpan(from?.Position ?? 0,
                    input.Unit == PositionUnit.Byte ? new FileInfo(path).Length : PositionSpan.Open);
                input.Format.Open(input.Content, layout, span,
                    new RecordPosition(1, from?.Line ?? (input.Format.HasLines ? 1 : 0)), taker);
                var middle = taker.Records.Count == 0 ? 0 : taker.Records[taker.Records.Count / 2].Position;
                return (taker.Records, taker.End, null,
                    input.Unit == PositionUnit.DecodedByte ? input.Content.RestartBefore(middle) : null);
            }
            catch (LayoutException failure)
            {
                failure.Message.ShouldNotBeEmpty();
                return null;
            }
            catch (BrokenContentException failure)
            {
                return (taker.Records, taker.End, failure.Message, null);
            }
        }
    }
}
