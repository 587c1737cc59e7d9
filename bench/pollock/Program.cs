using System.Text;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Pollock;

// Reads every file of a folder of the benchmark as a load does, up to the database, and writes what a table would hold, as the
// benchmark's other systems do.
if (args is not [var folder, "told" or "auto", var target])
{
    await Console.Error.WriteLineAsync("usage: OrleansIngest.Pollock FOLDER told|auto OUT\n  FOLDER  with csv/ and parameters/\n"
        + "  told    the dialect comes from parameters/; auto: from the file alone");
    return 2;
}

var isTold = args[1] == "told";
foreach (var withHeader in (bool[])[true, false])
{
    var output = Path.Combine(target, withHeader ? "with-header" : "as-written");
    Directory.CreateDirectory(output);
    foreach (var path in Directory.EnumerateFiles(Path.Combine(folder, "csv")))
    {
        var name = Path.GetFileName(path);
        var told = isTold ? Told.Read(Path.Combine(folder, "parameters", $"{name}_parameters.json")) : null;
        await File.WriteAllTextAsync(Path.Combine(output, $"{name}_converted.csv"), Loaded(path, told, withHeader));
    }
}

return 0;

static string Loaded(string path, Told? told, bool withHeader)
{
    try
    {
        if (new FileInfo(path).Length == 0) return "";
        using var input = OpenedInput.Open(path,
            new PipelineOptions { Name = "pollock", Csv = told?.Options ?? new CsvOptions { Delimiter = null } });
        if (input.Refusal() is { } refusal) return Refused(refusal);
        var layout = input.Format.ReadLayout(input.Content, columns: null);
        var hasHeader = told is null ? layout.IsByName : told.HasHeader;
        var table = new TableText(layout, withHeader || hasHeader);
        return input.Format.Open(input.Content, layout, new PositionSpan(0, PositionSpan.Open), new RecordPosition(1, 1), table);
    }
    catch (LayoutException refusal)
    {
        return Refused(refusal.Message);
    }
}

static string Refused(string why) => $"Application Error\n{why}\n";
