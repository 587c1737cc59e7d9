using Microsoft.Extensions.Time.Testing;
using OrleansIngest.Commands.Configuration;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Configuration;

public sealed class ConfigurationWatchTests : IDisposable
{
    readonly TempDirectory _temp = new();
    readonly FakeTimeProvider _time = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Look_FileRewritten_IsOneChangeOnceItRests()
    {
        var watch = Watch("1");
        _temp.Write("ingest.json", "2");

        Rounds(watch, TimeSpan.FromSeconds(5)).ShouldBe(["2"]);
    }

    [Fact]
    public void Look_SavedInTwoSteps_SeesTheHalfWrittenFileNever()
    {
        var watch = Watch("1");
        _temp.Write("ingest.json", "");
        Rounds(watch, TimeSpan.FromSeconds(2)).ShouldBeEmpty("an empty file is most likely about to be written");
        _temp.Write("ingest.json", "{ ha");
        Rounds(watch, TimeSpan.FromMilliseconds(250)).ShouldBeEmpty();
        _temp.Write("ingest.json", "{ whole }");

        Rounds(watch, TimeSpan.FromSeconds(5)).ShouldBe(["{ whole }"]);
    }

    [Fact]
    public void Look_RenamedIntoPlaceBetweenTwoLooks_IsOneChange()
    {
        var watch = Watch("1");
        _temp.Write("new", "2");
        File.Delete(_temp["ingest.json"]);
        Rounds(watch, TimeSpan.FromMilliseconds(500)).ShouldBeEmpty();
        File.Move(_temp["new"], _temp["ingest.json"]);

        Rounds(watch, TimeSpan.FromSeconds(5)).ShouldBe(["2"]);
    }

    [Fact]
    public void Look_ChangedAndChangedBack_IsNone()
    {
        var watch = Watch("1");
        _temp.Write("ingest.json", "2");
        Rounds(watch, TimeSpan.FromMilliseconds(250)).ShouldBeEmpty();
        _temp.Write("ingest.json", "1");

        Rounds(watch, TimeSpan.FromSeconds(5)).ShouldBeEmpty();
    }

    /// <summary>As Kubernetes updates a ConfigMap: the files are links through <c>..data</c>, which is renamed over.</summary>
    [Fact]
    public void Look_LinkSwitched_IsOneChangeOfAllFiles()
    {
        _temp.Write("..1/ingest.json", "1");
        _temp.Write("..2/ingest.json", "2");
        Directory.CreateSymbolicLink(_temp["..data"], "..1");
        File.CreateSymbolicLink(_temp["ingest.json"], "..data/ingest.json");
        var watch = Watch(null);
        Rounds(watch, TimeSpan.FromSeconds(2)).ShouldBeEmpty();

        Directory.CreateSymbolicLink(_temp["..data_tmp"], "..2");
        // File.Move refuses a link to a directory
        using var move = System.Diagnostics.Process.Start("mv", ["-T", _temp["..data_tmp"], _temp["..data"]]);
        move.WaitForExit();

        Rounds(watch, TimeSpan.FromSeconds(5)).ShouldBe(["2"]);
    }

    [Fact]
    public void Look_FileOfTheDirectoryGone_IsAChangeAfterAWhile()
    {
        _temp.Write("ingest.d/a.json", "a");
        var watch = Watch("1");
        File.Delete(_temp["ingest.d/a.json"]);

        Rounds(watch, ConfigurationWatch.GoneSettles - TimeSpan.FromMilliseconds(500)).ShouldBeEmpty();
        Rounds(watch, TimeSpan.FromSeconds(2)).ShouldBe(["1"]);
    }

    ConfigurationWatch Watch(string? text)
    {
        if (text is not null) _temp.Write("ingest.json", text);
        return new ConfigurationWatch(() => ConfigurationTexts.Read(null, _temp.Path),
            ConfigurationTexts.Read(null, _temp.Path), _time);
    }

    /// <summary>Looks for a while, as a silo does; the texts of the changes.</summary>
    List<string?> Rounds(ConfigurationWatch watch, TimeSpan span)
    {
        var found = new List<string?>();
        for (var passed = TimeSpan.Zero; passed <= span;)
        {
            if (watch.Poll() is { } texts) found.Add(texts.Main.Text);
            var pause = watch.NextPoll;
            passed += pause;
            _time.Advance(pause);
        }

        return found;
    }
}
