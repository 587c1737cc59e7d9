using CsCheck;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Tests.Formats.Csv.Detection;

/// <summary>Files of many tastes are read as they were written: no record that was not written, and each that was.</summary>
public sealed class DetectionLawTests
{
    const int Seeds = 1 << 30;

    [Fact]
    public void Of_FilesOfManyTastes_ReadsWhatWasWritten() => Gen.Int[0, Seeds].Sample(
        seed =>
        {
            var file = WrittenFile.Of(seed);
            var read = DetectedFile.Of(file.Bytes, new CsvOptions { Delimiter = null });
            var (right, wrong) = file.Compare(read.Rows);
            (wrong, file.HeaderLines > 0 ? right : file.Rows.Count).ShouldBe((0, file.Rows.Count), $"{seed}: {read.Dialect}\n{file}");
        },
        iter: 3000, threads: 1);

    /// <summary>The table's names leave nothing open.</summary>
    [Fact]
    public void Of_FilesWhoseTableIsKnown_ReadsWhatWasWritten() => Gen.Int[0, Seeds].Sample(
        seed =>
        {
            var file = WrittenFile.Of(seed, isHard: true);
            if (file.HeaderLines == 0 || file.Damaged > 0 || file.Quote != '"' || file.Names.Count < 2) return;
            var read = DetectedFile.Of(file.Bytes, new CsvOptions { Delimiter = null }, [.. file.Names]);
            file.Compare(read.Rows).ShouldBe((file.Rows.Count, 0), $"{seed}: {read.Dialect}\n{file}");
        },
        iter: 3000, threads: 1);

    /// <summary>Where the evidence is poor (one record, one column, decimal commas, damaged records), a finding is wrong for one file in some hundred; more
    /// would be a defect.</summary>
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
    public void Of_TheSameBytes_FindsTheSame() => Gen.Int[0, Seeds].Sample(
        seed =>
        {
            var bytes = WrittenFile.Of(seed, isHard: true).Bytes;
            Found(bytes).ShouldBe(Found(bytes));
        },
        iter: 300, threads: 1);

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
