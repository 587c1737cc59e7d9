using System.Text;

namespace OrleansIngest.Postgres.Tests.Loading.Parallel;

/// <summary>Texts for files that several parsers or nodes read at once.</summary>
static class ManyRecords
{
    /// <summary>Sound records, one on each line behind the header.</summary>
    public static string Plain(int records, int from = 0) =>
        "id,name,at\n" + string.Concat(Enumerable.Range(from + 1, records).Select(i => $"{i},name {i},2026-01-02\n"));

    /// <summary>Sound records, cells of several lines, wrong values, wrong numbers of fields, blank lines,
    /// and quotes that are broken.</summary>
    /// <param name="seed">Of the choice.</param>
    /// <param name="records">How many.</param>
    /// <param name="unclosed">Of so many records that may leave a quote open, one does.</param>
    public static string Mixed(int seed, int records, int unclosed = 10)
    {
        var random = new Random(seed);
        var text = new StringBuilder("id,name,at\n");
        for (var i = 0; i < records; i++)
        {
            text.Append(random.Next(60) switch
            {
                < 10 => $"{i},\"two\nlines \"\"{i}\"\"\r\nand more\",2026-01-02\n",
                11 => $"{i},bad date,2026-13-01\r\n",
                12 => "\n",
                13 => $"{i},surplus,2026-01-02,x\n",
                14 when random.Next(unclosed) == 0 => $"{i},\"never closed,2026-01-02\n",
                15 when random.Next(10) == 0 => $"{i},\"torn\" off,2026-01-02\n",
                16 when random.Next(10) == 0 => $"{i},5\" pipe,2026-01-02\n",
                _ => $"{i},{(random.Next(5) == 0 ? "other" : "name")},\n",
            });
        }

        return text.ToString();
    }
}
