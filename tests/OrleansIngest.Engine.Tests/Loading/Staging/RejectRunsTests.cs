using CsCheck;
using OrleansIngest.Engine.Loading.Staging;

namespace OrleansIngest.Engine.Tests.Loading.Staging;

public sealed class RejectRunsTests
{
    /// <summary>However a file is cut into spans, and in whatever order they come, the longest run is that of the file.</summary>
    [Fact]
    public void Longest_SpansInAnyOrder_IsThatOfTheFile() =>
        Gen.Select(Gen.Bool.Array[1, 60], Gen.Int[1, 9].Array[60], Gen.Int[0, 1_000_000]).Sample((isRejected, sizes, seed) =>
        {
            var spans = new List<(int First, int Count)>();
            for (int at = 0, i = 0; at < isRejected.Length; at += sizes[i++])
                spans.Add((at, Math.Min(sizes[i], isRejected.Length - at)));
            var order = spans.ToArray();
            new Random(seed).Shuffle(order);
            var runs = new RejectRuns();
            foreach (var (first, count) in order)
            {
                runs.Add(first + 1, count,
                    [.. Enumerable.Range(first, count).Where(i => isRejected[i]).Select(i => (long)i + 1)]);
            }

            int longest = 0, run = 0;
            foreach (var rejected in isRejected) longest = Math.Max(longest, run = rejected ? run + 1 : 0);
            return runs.Longest == longest;
        });
}
