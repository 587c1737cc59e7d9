using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Tests.Formats.Csv.Detection;

/// <summary>Files of many tastes are read as they were written: no record that was not written, and each that was.</summary>
public sealed class DetectionLawTests
{
    const int Seeds = 1 << 30;

    /// <summary>The same files in every run: detection reads about one in some ten thousand wrong,
    /// which must not fail by chance.</summary>
    static void ForSeeds(Action<int> law, int count)
    {
        var random = new Random(count);
        for (var i = 0; i < count; i++) law(random.Next(Seeds));
    }

    [Fact]
    public void Of_FilesOfManyTastes_ReadsWhatWasWritten() => ForSeeds(
        seed =>
        {
            var file = WrittenFile.Of(seed);
            var read = DetectedFile.Of(file.Bytes, new CsvOptions { Delimiter = null });
            var (right, wrong) = file.Compare(read.Rows);
            (wrong, file.HeaderLines > 0 ? right : file.Rows.Count).ShouldBe((0, file.Rows.Count),
                $"{seed}: {read.Dialect}\n{file}");
        },
        3000);

    /// <summary>The table's names leave little open: a comma with a blank behind it, among values with commas, is still taken for
    /// a comma in one file of some ten thousand; it is one of these.</summary>
    [Fact]
    public void Of_FilesWhoseTableIsKnown_ReadsWhatWasWritten()
    {
        var wrong = new List<string>();
        ForSeeds(
            seed =>
            {
                var file = WrittenFile.Of(seed, isHard: true);
                if (file.HeaderLines == 0 || file.Damaged > 0 || file.Quote != '"' || file.Names.Count < 2) return;
                var read = DetectedFile.Of(file.Bytes, new CsvOptions { Delimiter = null }, [.. file.Names]);
                if (file.Compare(read.Rows) != (file.Rows.Count, 0)) wrong.Add($"{seed}: {read.Dialect}\n{file}");
            },
            3000);
        wrong.Count.ShouldBeLessThanOrEqualTo(1, string.Join('\n', wrong));
    }

    /// <summary>Where the evidence is poor (one record, one column, decimal commas, damaged records), a finding is wrong for one
    /// file in some hundred; more would be a defect.</summary>
    [Fact]
    public void Of_FilesWithPoorEvidence_IsSeldomWrong()
    {
        const int Files = 2000;
        var wrong = 0;
        for (var seed = 1; seed <= Files; seed++)
        {
            var file = WrittenFile.Of(seed, isHard: true);
            try
            {
                var read = DetectedFile.Of(file.Bytes, new CsvOptions { Delimiter = null });
                if (file.Compare(read.Rows).Wrong > 2 * file.Damaged + 1) wrong++;
            }
            catch (LayoutException)
            {
                // Refused: nothing is in a wrong column.
            }
        }

        wrong.ShouldBeLessThan(Files / 250);
    }

    [Fact]
    public void Of_TheSameBytes_FindsTheSame() => ForSeeds(
        seed =>
        {
            var bytes = WrittenFile.Of(seed, isHard: true).Bytes;
            Found(bytes).ShouldBe(Found(bytes));
        },
        300);

    static string Found(byte[] bytes)
    {
        try
        {
            var read = DetectedFile.Of(bytes, new CsvOptions { Delimiter = null });
            return $"{read.Dialect} {read.Names} {read.Layout.FieldCount} {string.Join(';', read.Layout.Findings)}";
        }
        catch (LayoutException refusal)
        {
            return refusal.Message;
        }
    }
}
