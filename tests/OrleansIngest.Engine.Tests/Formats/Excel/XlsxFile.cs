using System.IO.Compression;
using System.Text;

namespace OrleansIngest.Engine.Tests.Formats.Excel;

/// <summary>A workbook written by hand, so that a test says every byte of its cells.</summary>
static class XlsxFile
{
    const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const string Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    /// <summary>A workbook of one sheet.</summary>
    /// <param name="rows">The inside of <c>sheetData</c>.</param>
    /// <param name="texts">The shared texts, each the inside of an <c>si</c>.</param>
    /// <param name="formats">Number formats; a cell with <c>s="n"</c> has the n-th, from 1.</param>
    /// <param name="is1904">The calendar.</param>
    public static byte[] Of(string rows, string[]? texts = null, string[]? formats = null, bool is1904 = false) =>
        Of([("Data", "visible", rows)], texts, formats, is1904);

    /// <summary>A workbook of several sheets.</summary>
    public static byte[] Of((string Name, string State, string Rows)[] sheets, string[]? texts = null, string[]? formats = null,
        bool is1904 = false)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Write(zip, "[Content_Types].xml", """
                <Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
                <Default Extension="xml" ContentType="application/xml"/>
                <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>
                """);
            Write(zip, "_rels/.rels", Rels([("officeDocument", "xl/workbook.xml")]));
            Write(zip, "xl/_rels/workbook.xml.rels", Rels(
                [.. sheets.Select((_, i) => ("worksheet", $"worksheets/sheet{i + 1}.xml")), ("styles", "styles.xml"),
                    ("sharedStrings", "/xl/sharedStrings.xml")]));
            var names = sheets.Select((sheet, i) =>
                $"""<sheet name="{sheet.Name}" sheetId="{i + 1}" state="{sheet.State}" r:id="r{i + 1}"/>""");
            Write(zip, "xl/workbook.xml", $"""
                <workbook xmlns="{Main}" xmlns:r="{Relations}"><workbookPr date1904="{(is1904 ? 1 : 0)}"/><sheets>
                {string.Concat(names)}</sheets></workbook>
                """);
            var codes = (formats ?? []).Select((code, i) => $"""<numFmt numFmtId="{200 + i}" formatCode="{code}"/>""");
            var styles = (formats ?? []).Select((_, i) => $"""<xf numFmtId="{200 + i}"/>""");
            Write(zip, "xl/styles.xml", $"""
                <styleSheet xmlns="{Main}"><numFmts>{string.Concat(codes)}</numFmts>
                <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
                <cellXfs><xf numFmtId="0"/>{string.Concat(styles)}<xf numFmtId="14"/><xf numFmtId="22"/></cellXfs></styleSheet>
                """);
            Write(zip, "xl/sharedStrings.xml",
                $"""<sst xmlns="{Main}">{string.Concat((texts ?? []).Select(text => $"<si>{text}</si>"))}</sst>""");
            for (var i = 0; i < sheets.Length; i++)
                Write(zip, $"xl/worksheets/sheet{i + 1}.xml",
                    $"""<?xml version="1.0"?><worksheet xmlns="{Main}"><sheetData>{sheets[i].Rows}</sheetData></worksheet>""");
        }

        return stream.ToArray();
    }

    static string Rels((string Type, string Target)[] relations)
    {
        var elements = relations.Select((r, i) =>
            $"""<Relationship Id="r{i + 1}" Type="{Relations}/{r.Type}" Target="{r.Target}"/>""");
        return $"""
            <Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
            {string.Concat(elements)}</Relationships>
            """;
    }

    static void Write(ZipArchive zip, string name, string text)
    {
        using var stream = zip.CreateEntry(name).Open();
        stream.Write(Encoding.UTF8.GetBytes(text));
    }
}
