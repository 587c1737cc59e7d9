using System.IO.Packaging;
using System.Xml;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats.Excel;

/// <summary>A sheet of a workbook.</summary>
/// <param name="Name">As shown on its tab.</param>
/// <param name="Part">Where its cells are.</param>
/// <param name="IsHidden">Whether it has no tab.</param>
sealed record Sheet(string Name, Uri Part, bool IsHidden);

/// <summary>An open Excel workbook (Office Open XML, transitional or strict): its sheets, texts and number formats. Cells are
/// streamed.</summary>
sealed class Workbook : IDisposable
{
    const long MostTextBytes = 1L << 30;

    static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    readonly Package _package;
    readonly List<string> _texts = [];
    readonly List<CellNumber> _formats = [];

    Workbook(Package package)
    {
        _package = package;
        var main = PartOf(package.GetRelationships(), null, "/officeDocument")
            ?? throw new LayoutException("the file is an Office document, but not a workbook");
        var relations = main.GetRelationships();
        if (PartOf(relations, main, "/styles") is { } styles) ReadFormats(styles);
        if (PartOf(relations, main, "/sharedStrings") is { } texts) ReadTexts(texts);
        Sheets = ReadSheets(main);
    }

    /// <summary>The sheets with cells, in the order of their tabs.</summary>
    public IReadOnlyList<Sheet> Sheets { get; }

    /// <summary>Whether days are counted from 1904.</summary>
    public bool Is1904 { get; private set; }

    /// <summary>Opens a workbook.</summary>
    /// <exception cref="LayoutException">It is not a workbook, or is protected by a password.</exception>
    public static Workbook Open(ByteContent content)
    {
        var length = content.Length
            ?? throw new LayoutException("a workbook is read from its end, which is not known while it is decompressed or "
                + "piped: store it uncompressed (workbooks are compressed internally)");
        Span<byte> head = stackalloc byte[8];
        head = head[..content.Read(0, head)];
        if (WorkbookSignature.IsOle(head))
            throw new LayoutException("the file is a workbook of Excel 97 to 2003 (.xls), or one that is protected by a "
                + "password: save it as .xlsx without a password");
        try
        {
            return new Workbook(Package.Open(new ContentSeekStream(content, length), FileMode.Open, FileAccess.Read));
        }
        catch (Exception failure) when (IsReading(failure))
        {
            throw new LayoutException($"the workbook cannot be read: {failure.Message}");
        }
    }

    /// <summary>Whether an exception means that the workbook is damaged; packages throw many kinds.</summary>
    public static bool IsReading(Exception failure) =>
        failure is not (SourceReadException or LayoutException or BrokenContentException or OperationCanceledException
            or OutOfMemoryException
            or ObjectDisposedException);

    /// <summary>The requested sheet, or the only candidate.</summary>
    /// <exception cref="LayoutException">There is none, or there are several.</exception>
    public Sheet Choose(string? wanted)
    {
        var all = string.Join(", ", Sheets.Select(sheet => $"\"{sheet.Name}\"{(sheet.IsHidden ? " (hidden)" : "")}"));
        if (wanted is not null)
        {
            return Sheets.FirstOrDefault(sheet => sheet.Name == wanted)
                ?? Sheets.FirstOrDefault(sheet => sheet.Name.Equals(wanted, StringComparison.OrdinalIgnoreCase))
                ?? (int.TryParse(wanted, out var number) && number >= 1 && number <= Sheets.Count ? Sheets[number - 1] : null)
                ?? throw new LayoutException($"the workbook has no sheet {wanted}; it has: {all}");
        }

        Sheet[] visible = [.. Sheets.Where(sheet => !sheet.IsHidden)];
        if (visible.Length > 1) visible = [.. visible.Where(HasCells)];
        return visible.Length == 1
            ? visible[0]
            : throw new LayoutException(visible.Length == 0
                ? $"the workbook has no visible sheet with cells; it has: {all}"
                : $"the workbook has {visible.Length} sheets with cells: choose one (\"excel\": {{ \"sheet\": … }}); "
                    + $"it has: {all}");
    }

    /// <summary>The cells of a sheet as XML.</summary>
    public XmlReader OpenCells(Sheet sheet) => Xml(_package.GetPart(sheet.Part));

    /// <summary>A shared string.</summary>
    public string Text(int index) => index >= 0 && index < _texts.Count ? _texts[index]
        : throw new InvalidDataException($"there is no shared string {index}");

    /// <summary>The kind of numbers with a style.</summary>
    public CellNumber FormatOf(int style) => style >= 0 && style < _formats.Count ? _formats[style] : CellNumber.Number;

    public void Dispose() => ((IDisposable)_package).Dispose();

    bool HasCells(Sheet sheet)
    {
        using var xml = OpenCells(sheet);
        while (xml.Read())
        {
            if (xml.NodeType == XmlNodeType.Element && xml.LocalName is "v" or "is") return true;
        }

        return false;
    }

    List<Sheet> ReadSheets(PackagePart main)
    {
        var sheets = new List<Sheet>();
        using var xml = Xml(main);
        while (xml.Read())
        {
            if (xml.NodeType != XmlNodeType.Element) continue;
            if (xml.LocalName == "workbookPr") Is1904 = xml.GetAttribute("date1904") is "1" or "true";
            if (xml.LocalName != "sheet" || Relation(xml) is not { } id || !main.RelationshipExists(id)) continue;
            var relation = main.GetRelationship(id);
            if (!relation.RelationshipType.EndsWith("/worksheet", StringComparison.Ordinal)) continue; // a chart
            var part = PackUriHelper.ResolvePartUri(main.Uri, relation.TargetUri);
            sheets.Add(new Sheet(xml.GetAttribute("name") ?? "", part, xml.GetAttribute("state") is "hidden" or "veryHidden"));
        }

        return sheets;
    }

    /// <summary>The attribute <c>r:id</c>, whose namespace differs between strict and transitional.</summary>
    static string? Relation(XmlReader xml)
    {
        string? id = null;
        while (xml.MoveToNextAttribute())
        {
            if (xml.LocalName == "id" && xml.NamespaceURI.EndsWith("/relationships", StringComparison.Ordinal)) id = xml.Value;
        }

        xml.MoveToElement();
        return id;
    }

    void ReadFormats(PackagePart part)
    {
        var codes = new Dictionary<int, CellNumber>();
        var isInCells = false;
        using var xml = Xml(part);
        while (xml.Read())
        {
            if (xml.LocalName == "cellXfs") isInCells = xml.NodeType == XmlNodeType.Element;
            if (xml.NodeType != XmlNodeType.Element) continue;
            if (xml.LocalName == "numFmt")
                codes[Number(xml, "numFmtId")] = NumberFormats.Of(xml.GetAttribute("formatCode") ?? "");
            if (xml.LocalName == "xf" && isInCells)
                _formats.Add(codes.TryGetValue(Number(xml, "numFmtId"), out var own) ? own
                    : NumberFormats.BuiltIn(Number(xml, "numFmtId")));
        }
    }

    void ReadTexts(PackagePart part)
    {
        long bytes = 0;
        using var xml = Xml(part);
        while (xml.Read())
        {
            if (xml.NodeType != XmlNodeType.Element || xml.LocalName != "si") continue;
            _texts.Add(CellText.Unescape(RichText(xml)));
            bytes += 2 * _texts[^1].Length + 32;
            if (bytes > MostTextBytes)
                throw new LayoutException(
                    $"the shared strings of the workbook take more than {MostTextBytes >> 20} MiB: save the sheet as CSV");
        }
    }

    /// <summary>The text of an element with runs, without the phonetic readings of Japanese texts.</summary>
    public static string RichText(XmlReader xml)
    {
        if (xml.IsEmptyElement) return "";
        var depth = xml.Depth;
        var text = "";
        while (xml.Read() && xml.Depth > depth)
        {
            if (xml.NodeType != XmlNodeType.Element) continue;
            if (xml.LocalName == "rPh") Pass(xml);
            else if (xml.LocalName == "t") text += ElementText(xml);
        }

        return text;
    }

    /// <summary>The text of an element without nested ones.</summary>
    public static string ElementText(XmlReader xml)
    {
        if (xml.IsEmptyElement) return "";
        var depth = xml.Depth;
        var text = "";
        while (xml.Read() && xml.Depth > depth)
        {
            if (xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace
                or XmlNodeType.SignificantWhitespace)
                text += xml.Value;
        }

        return text;
    }

    static void Pass(XmlReader xml)
    {
        if (xml.IsEmptyElement) return;
        var depth = xml.Depth;
        while (xml.Read() && xml.Depth > depth)
        {
            // Skip it.
        }
    }

    static int Number(XmlReader xml, string attribute) => int.TryParse(xml.GetAttribute(attribute), out var number) ? number : -1;

    static XmlReader Xml(PackagePart part) => XmlReader.Create(part.GetStream(FileMode.Open, FileAccess.Read), Settings);

    PackagePart? PartOf(IEnumerable<PackageRelationship> relations, PackagePart? from, string type)
    {
        var relation = relations.FirstOrDefault(relation => relation.RelationshipType.EndsWith(type, StringComparison.Ordinal));
        if (relation is null) return null;
        var uri = PackUriHelper.ResolvePartUri(from?.Uri ?? new Uri("/", UriKind.Relative), relation.TargetUri);
        return _package.PartExists(uri) ? _package.GetPart(uri) : null;
    }
}
