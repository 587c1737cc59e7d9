using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Tests.Sources.FileSystem;

/// <summary>Random actions on a real directory, each followed by looks, against <see cref="DiscoveryModel"/>.</summary>
public sealed class FileDiscoveryModelTests
{
    const int Actions = 40;

    static readonly string[] Names =
    [
        "a.csv", "b.csv", "c.csv", "a.csv.done", "c.csv.done", "part-9.csv", ".hidden.csv", "_b.csv", "b.csv.tmp", "notes.txt",
        "two words.csv", "line\nbreak.csv", "-rf.csv", "größe-数据-🐘.csv", "[a].csv", "{a,b}*?.csv", "back\\slash.csv",
        "sub/d.csv", "sub/.e.csv",
        new string('x', 251) + ".csv",
    ];

    public enum Completeness
    {
        SettleTime,
        AtOnce,
        Sentinel,
    }

    [Theory]
    [InlineData(Completeness.SettleTime, 1, 400)]
    [InlineData(Completeness.AtOnce, 10_001, 300)]
    [InlineData(Completeness.Sentinel, 20_001, 300)]
    public void Scan_RandomActions_ReportsEachRestingStateOnceAndNothingHalfWritten(
        Completeness completeness, int firstSeed, int cases)
    {
        for (var seed = firstSeed; seed < firstSeed + cases; seed++)
        {
            var trace = new List<string>();
            try
            {
                Run(seed, completeness, trace);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException(
                    $"seed {seed}, {completeness}: {failure.Message}\nafter:\n{string.Join('\n', trace)}", failure);
            }
        }
    }

    static void Run(int seed, Completeness completeness, List<string> trace)
    {
        using var directory = new TemporaryDirectory();
        var random = new Random(seed);
        var time = new FakeTimeProvider(new(2026, 5, 1, 12, 0, 0, 1, TimeSpan.Zero));
        var options = new DiscoveryOptions
        {
            Roots = [directory.Root],
            Recursive = true,
            Include = ["*.csv"],
            SettleTime = completeness == Completeness.AtOnce ? TimeSpan.Zero : TimeSpan.FromMilliseconds(500),
            SentinelSuffix = completeness == Completeness.Sentinel ? ".done" : null,
            ExclusionDelay = TimeSpan.FromMilliseconds(random.Next(2) * 200),
            UseHints = false,
        };
        using var discovery = new FileDiscovery(options, time);
        var actions = new RandomFileActions(directory, Names, random, time);
        var model = new DiscoveryModel(options, IsData, time);

        for (var i = 0; i < Actions; i++)
        {
            trace.Add(actions.DoOne());
            model.Update(actions.Truth());
            if (random.Next(3) == 0)
                Advance(TimeSpan.FromMilliseconds(random.Next(700)));
            if (random.Next(2) == 0)
                Scan(random.Next(3) > 0);
        }

        // Rest. A coordinator looks when NextCheck says so, and lists now and then.
        Scan(full: true);
        for (var i = 0; i < 10; i++)
            Advance(Scan(full: false).NextCheck ?? TimeSpan.FromMilliseconds(300));
        Scan(full: true);
        model.CheckAtRest();
        Scan(full: true).IsQuiet.ShouldBeTrue("at rest there is no news");

        Discovered Scan(bool full)
        {
            trace.Add(full ? "look" : "glance");
            var found = full ? discovery.Scan() : discovery.Poll();
            model.Check(found);
            return found;
        }

        void Advance(TimeSpan by)
        {
            trace.Add(string.Create(CultureInfo.InvariantCulture, $"{by.TotalMilliseconds} ms pass"));
            time.Advance(by);
        }
    }

    static bool IsData(string path) => Path.GetFileName(path) is var name && name[0] is not ('.' or '_')
        && name.EndsWith(".csv", StringComparison.Ordinal);
}
