using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Arguments;

public sealed class CsvArgumentsTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("--quote ab", "--quote must be one character or none, not 'ab'")]
    [InlineData("--escape ab", "--escape must be one character, not 'ab'")]
    [InlineData("--skip-lines x", "--skip-lines must be a whole number from 0 to 1000000")]
    [InlineData("--header-lines 11", "--header-lines must be a whole number from 0 to 10")]
    [InlineData("--ragged-rows drop", "--ragged-rows must be one of fit, reject, not 'drop'")]
    [InlineData("--decimal x", "csv.decimal: must be a comma or a point")]
    [InlineData("--thousands .", "csv.thousands: must differ from decimal")]
    [InlineData("--date-format DD.MM", "csv.dateFormats: 'DD.MM': needs year, month and day")]
    [InlineData("--values price", "--values must be COLUMN.OPTION=VALUE")]
    [InlineData("--values price.colour=red", "--values must be COLUMN.OPTION=VALUE")]
    [InlineData("--values price.thousands=.", "csv.values.price.thousands: must differ from decimal")]
    [InlineData("--no-header --repeated-header skip", "csv.repeatedHeader: needs a header")]
    [InlineData("--delimiter \"", "csv.delimiter: must differ from quote")]
    public async Task RunAsync_OptionThatCannotBe_SaysWhy(string line, string expected)
    {
        _temp.Write("x.csv", "a,b\n1,2\n");

        var run = await CliRun.InAsync(_temp.Path, ["init", "x.csv", .. line.Split(' ')]);

        run.ExitCode.ShouldBe(ExitCode.Usage);
        run.Error.ShouldContain(expected);
    }

    /// <summary>What was told is in the configuration that init prints, so that the files that follow are read the same
    /// way.</summary>
    [Fact]
    public async Task RunAsync_InitWithOptions_PrintsThem()
    {
        _temp.Write("x.csv", "report\nid; price; born\n1; 1.234,5; 01.02.2003\nTotal\n");

        var run = await CliRun.InAsync(
            _temp.Path, "init", "x.csv", "--skip-lines", "1", "--skip-footer-lines", "1", "--trim", "--decimal", ",",
            "--thousands", ".", "--values", "born.dateFormat=DD.MM.YYYY",
            "--delimiter", ";", "--table", "t", "--watch", ".");

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        run.Output.ShouldContain("price numeric");
        run.Output.ShouldContain("born  date");
        var pipeline = PipelineJson.Read(
            run.Output[(run.Output.IndexOf("\"pipelines\": [", StringComparison.Ordinal) + 14)..run.Output.LastIndexOf(']')]);
        (pipeline.Csv.SkipLines, pipeline.Csv.SkipFooterLines, pipeline.Csv.Trim, pipeline.Csv.Decimal,
            pipeline.Csv.Thousands).ShouldBe((1, 1, true, ',', '.'));
        pipeline.Csv.Values["born"].DateFormats.ShouldBe(["DD.MM.YYYY"]);
    }
}
