namespace OrleansIngest.Monitor.Tests.Browser;

/// <summary>The files of the shared site: good ones, rejected records, one that is quarantined, and all that a hostile producer
/// can do to a page.</summary>
static class SiteFiles
{
    public const string Script = "<script>document.title='owned'</script>";
    public const string ScriptFile = "<img src=x onerror=alert(1)>.csv";
    public const string TurnedFile = "invoice\u202Egnp.csv";
    public const string Quarantined = "no-such-columns.csv";
    public const string Rejected = "rejected.csv";
    public const int LargeCell = 900_000; // characters: below the limit of a record, 1 MiB

    /// <summary>Returns how many files come to an end.</summary>
    public static int AddTo(Site site)
    {
        for (var file = 1; file <= 4; file++) site.AddFile($"orders-{file:000}.csv", 4_000);
        site.AddRecords(ScriptFile, $"1,{Script},2.50,\"<b>bold</b>\"");
        site.AddRecords(TurnedFile, "1,\u202Eevil\u202C,2.50,x");
        site.AddRecords(
            Rejected,
            "1,Ann,1.00,fine",
            $"2,{Script},not-a-number,\"<img src=x onerror=alert(1)>\"",
            "3,\u202Eevil\u202C,abc\u200B,a\ttab",
            $"4,{new string('x', LargeCell)},too-large,end",
            "5,Eve,1.00,one,too many",
            "6,Bob,2000000.00,against a rule of the server");
        site.Put(Quarantined, "first,second\n1,2\n");
        return 4 + 2 + 1 + 1;
    }
}
