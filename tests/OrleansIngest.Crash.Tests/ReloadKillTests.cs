using System.Globalization;
using System.Text.RegularExpressions;

namespace OrleansIngest.Crash.Tests;

/// <summary>The configuration changes at random while two silos load, and while they are killed.</summary>
public sealed partial class ReloadKillTests
{
    static readonly string[] Points = RandomKills.BatchPoints;

    /// <summary>50 with INGEST_LONG_TESTS=1, else 10.</summary>
    static readonly int Kills = Environment.GetEnvironmentVariable("INGEST_LONG_TESTS") == "1" ? 50 : 10;

    [Fact]
    public async Task Kills_with_changes_of_the_configuration_in_between_leave_every_record_once()
    {
        await using var files = await KnownFiles.CreateAsync(files: 2, records: 3_000, batchRecords: 50);
        var random = new Random(20261126);
        var (kills, applied, refused) = (0, 0, 0);
        for (var run = 0; (kills < Kills || applied <= Kills / 3 || refused == 0) && run < 200; run++)
        {
            Write(files, Pipeline(random.Next(20, 200)), null); // a silo does not start with a wrong one
            // Two at once: they share files, take each other's over, and need not have the same configuration at any moment.
            IngestProcess[] silos = [.. Enumerable.Range(0, 2).Select(
                i => Up(files, i == 0 && run % 2 == 0 ? $"{Points[random.Next(Points.Length)]}:{random.Next(1, 200)}" : null))];
            foreach (var silo in silos) await silo.RunsAsync();
            for (var edit = 0; edit < 4; edit++)
            {
                Edit(files, random);
                if (edit % 2 == 0) files.AddFile(random.Next(1, 2_000));
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(0, 1_000)), TimeProvider.System,
                    TestContext.Current.CancellationToken);
            }

            foreach (var silo in silos)
            {
                silo.Kill();
                var said = await silo.WaitAsync();
                if (silo.ExitCode == 137) kills++;
                applied += Applied().Count(said);
                refused += Refused().Count(said);
                silo.Dispose();
            }
        }

        kills.ShouldBeGreaterThanOrEqualTo(Kills);
        applied.ShouldBeGreaterThan(Kills / 3, "most changes have to arrive before the kill, or nothing is tested");
        refused.ShouldBeGreaterThan(0);
        Write(files, Pipeline(100), null);
        using var last = Up(files, null, "--exit-when-idle");
        var end = await last.WaitAsync();
        last.ExitCode.ShouldBe(0, end);
        await files.ShouldBeLoadedExactlyOnceAsync();
    }

    static IngestProcess Up(KnownFiles files, string? crashAt, params string[] options) =>
        IngestProcess.Start(files.ConnectionString, crashAt,
            ["up", "--config", files.Config, "--http", "127.0.0.1:0", "--log-level", "info", .. options]);

    /// <summary>Other options, another file, gone for a while, or wrong: what a person may do to it.</summary>
    static void Edit(KnownFiles files, Random random)
    {
        var pipeline = Pipeline(random.Next(20, 200));
        switch (random.Next(6))
        {
            case 0: // in the directory beside the file
                Write(files, null, pipeline);
                break;
            case 1: // not there: its files wait
                Write(files, Pipeline(100).Replace("\"crash\"", "\"other\"", StringComparison.Ordinal).Replace("\"in\"",
                    "\"empty\"", StringComparison.Ordinal), null);
                break;
            case 2: // wrong
                Write(files, pipeline.Replace("\"t\"", "\"t\", \"lanes\": 0", StringComparison.Ordinal), null);
                break;
            case 3: // cut off in the middle
                File.WriteAllText(files.Config, $"{{ \"pipelines\": [ {pipeline[..(pipeline.Length / 2)]}");
                break;
            default:
                Write(files, pipeline, null);
                break;
        }
    }

    static string Pipeline(int batchRecords) => string.Create(CultureInfo.InvariantCulture, $$"""
        { "name": "crash", "watch": ["in"], "table": "t", "settleTime": "0",
          "batchRecords": {{batchRecords}}, "retryInitialDelay": "10ms", "maxOwnerDeaths": 1000 }
        """);

    /// <summary>By renaming, as editors do; the pipeline is never in two files.</summary>
    static void Write(KnownFiles files, string? inFile, string? inDirectory)
    {
        var part = Path.Combine(Path.ChangeExtension(files.Config, ".d"), "part.json");
        Directory.CreateDirectory(Path.GetDirectoryName(part)!);
        if (inDirectory is null) File.Delete(part);
        Replace(files.Config, $"{{ \"pipelines\": [ {inFile} ] }}");
        if (inDirectory is not null) Replace(part, $"{{ \"pipelines\": [ {inDirectory} ] }}");
    }

    static void Replace(string path, string text)
    {
        File.WriteAllText(path + "~", text);
        File.Move(path + "~", path, overwrite: true);
    }

    [GeneratedRegex("Configuration [0-9]+ is in force")]
    private static partial Regex Applied();

    [GeneratedRegex("The new configuration cannot be applied")]
    private static partial Regex Refused();
}
