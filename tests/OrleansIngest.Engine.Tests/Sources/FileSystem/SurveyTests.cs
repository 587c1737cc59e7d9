using Microsoft.Extensions.Time.Testing;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Tests.Sources.FileSystem;

/// <summary>A first look in two halves finds what it finds in one.</summary>
public sealed class SurveyTests : IDisposable
{
    static readonly string[] Names = ["a.csv", "b.csv", "c.csv", "d.csv", "a.csv.done", "b.csv.done", ".hidden.csv", "notes.txt",
        "sub/e.csv", "sub/f.csv"];

    readonly TemporaryDirectory _directory = new();
    readonly FakeTimeProvider _time = new(new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(null)]
    [InlineData(".done")]
    public void Survey_RandomFilesAndMemories_FindsWhatAWholeLookFinds(string? sentinel)
    {
        for (var seed = 1; seed <= 300; seed++)
        {
            using var directory = new TemporaryDirectory();
            var random = new Random(seed);
            var known = Fill(directory, random);
            using var whole = Create(directory, sentinel);
            using var halves = Create(directory, sentinel);
            whole.Remember(known);
            var expected = Tell(whole.Scan());

            var found = halves.Survey().ShouldNotBeNull().ToHashSet();
            if (random.Next(3) == 0) halves.Survey(); // the ledger did not answer
            // Of files that are gone, those alone whose disappearance is news.
            halves.Remember(known.Where(file => found.Contains(file.Path) || file.Size % 2 == 0));
            var look = halves.Scan();

            var forgotten = known.Where(file => !found.Contains(file.Path) && file.Size % 2 != 0).Select(file => file.Path)
                .ToHashSet();
            Tell(look).ShouldBe(expected.Where(
                line => !forgotten.Any(path => line.StartsWith($"vanished {path} ", StringComparison.Ordinal))), $"seed {seed}");
            Tell(halves.Scan()).ShouldBe(Tell(whole.Scan()), $"seed {seed}, second look");
        }
    }

    [Fact]
    public void Survey_RootIsMissing_SaysThatThereMayBeOthers()
    {
        using var discovery = Create(new() { Roots = [_directory.Root, _directory["later"]] });
        _directory.Write("a.csv", "x");

        discovery.Survey().ShouldBeNull();

        discovery.Scan().New.ShouldHaveSingleItem();
    }

    [Fact]
    public void Scan_AfterASurvey_ListsOnce()
    {
        using var discovery = Create(new() { Roots = [_directory.Root] });
        discovery.Survey()!.ShouldBeEmpty();
        _directory.Write("a.csv", "x");

        discovery.Scan().New.ShouldBeEmpty("it is the second half of the first look");
        discovery.Scan().New.ShouldHaveSingleItem();
    }

    /// <summary>Random files, and what is remembered of them: as they are, in other states, with other
    /// identities; and files that are gone.</summary>
    static List<SeenFile> Fill(TemporaryDirectory directory, Random random)
    {
        var known = new List<SeenFile>();
        foreach (var name in Names)
        {
            var isThere = random.Next(3) > 0;
            var seen = new SeenFile(directory[name], random.Next(10), 1, 1, 1);
            if (isThere)
            {
                var path = directory.Write(name, new string('x', random.Next(10)),
                    new(2026, 5, 1, 11, random.Next(60), 0, TimeSpan.Zero));
                FileStat.TryStat(path, out seen).ShouldBeTrue();
            }

            if (random.Next(2) == 0) continue;
            known.Add(random.Next(5) switch
            {
                0 => seen with { Size = seen.Size + 1 },
                1 => seen with { Inode = seen.Inode + 1, ChangedNanoseconds = 0 },
                2 => seen with { Inode = seen.Inode + 1, Device = 77 },
                _ => seen,
            });
        }

        return known;
    }

    static List<string> Tell(Discovered found) =>
    [
        .. Told("new", found.New), .. Told("changed", found.Changed), .. Told("suspect", found.Suspects),
        .. Told("ready", found.Ready),
        .. Told("vanished", found.Vanished), .. Told("excluded", found.Excluded.Select(ignored => ignored.File)),
        .. Told("waiting", found.Waiting.Select(waiting => waiting.File)), $"known {found.KnownFiles}",
    ];

    static IEnumerable<string> Told(string what, IEnumerable<SeenFile> files) =>
        files.Select(file => $"{what} {file.Path} {file}").Order(StringComparer.Ordinal);

    FileDiscovery Create(TemporaryDirectory directory, string? sentinel) => Create(new()
    {
        Roots = [directory.Root],
        Recursive = true,
        Include = ["*.csv"],
        SentinelSuffix = sentinel,
        ExclusionDelay = TimeSpan.Zero,
    });

    FileDiscovery Create(DiscoveryOptions options) => new(options with { UseHints = false }, _time);
}
