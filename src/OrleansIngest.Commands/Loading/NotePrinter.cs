using OrleansIngest.Commands.Tables;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Commands.Loading;

/// <summary>Prints the differences between the columns of files and their table, and what can be done.</summary>
static class NotePrinter
{
    /// <summary>For files that were loaded.</summary>
    public static void Print(ColumnsNoteOfFiles note, string table, TextWriter output)
    {
        var file = Path.GetFileName(note.FirstFile);
        var files = note.Files == 1 ? file : $"{Counted.Of(note.Files, "file")}, the first is {file}";
        Print(note.Note, files, table, output);
    }

    /// <summary>For one file, loaded or not.</summary>
    public static void Print(ColumnsNote note, string files, string table, TextWriter output)
    {
        foreach (var sentence in note.Sentences())
            output.WriteLine($"note  {SafeText.Of(files)} into {table}: {SafeText.Of(sentence)}");
        var field = note.LeftOut.FirstOrDefault(f => f.Near is not null) ?? note.LeftOut.FirstOrDefault(f => f.Name.Length > 0);
        if (field is null) return;
        output.WriteLine($"note  to load a field, add the column to {table}, or name its column in ingest.json: "
            + $"\"columns\": {{ \"{SafeText.Of(field.Name)}\": \"{field.Near ?? "column"}\" }}");
    }
}
