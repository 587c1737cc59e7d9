using System.Globalization;
using OrleansIngest.Commands.Tables;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Commands.Loading;

/// <summary>Says to people what files and their table do not share, and what can be done.</summary>
static class NotePrinter
{
    /// <summary>For files that were loaded.</summary>
    public static void Print(ColumnsNoteOfFiles note, string table, TextWriter output)
    {
        var file = Path.GetFileName(note.FirstFile);
        Print(note.Note, note.Files == 1 ? file : string.Create(CultureInfo.InvariantCulture, $"{note.Files:N0} files, the first is {file}"), table, output);
    }

    /// <summary>For one file, loaded or not.</summary>
    public static void Print(ColumnsNote note, string files, string table, TextWriter output)
    {
        foreach (var sentence in note.Sentences()) output.WriteLine($"note  {SafeText.Of(files)} into {table}: {SafeText.Of(sentence)}");
        if (note.LeftOut.Count == 0) return;
        var field = note.LeftOut.FirstOrDefault(f => f.Near is not null) ?? note.LeftOut[0];
        var key = field.Name.Length > 0 ? field.Name : string.Create(CultureInfo.InvariantCulture, $"#{field.Field}");
        output.WriteLine($"note  to load a field, add the column to {table}, or name its column in ingest.json: "
            + $"\"columns\": {{ \"{SafeText.Of(key)}\": \"{field.Near ?? "column"}\" }}");
    }
}
