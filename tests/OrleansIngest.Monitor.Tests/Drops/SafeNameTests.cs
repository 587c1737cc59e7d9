using System.Text;
using OrleansIngest.Monitor.Drops;

namespace OrleansIngest.Monitor.Tests.Drops;

public sealed class SafeNameTests
{
    [Theory]
    [InlineData("orders.csv", "orders.csv")]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData(@"C:\Users\ann\orders.csv", "orders.csv")]
    [InlineData("a/b\\..\\c.csv", "c.csv")]
    [InlineData("..", "upload")]
    [InlineData(".", "upload")]
    [InlineData("", "upload")]
    [InlineData(null, "upload")]
    [InlineData("/", "upload")]
    [InlineData(".lock", "lock")]
    [InlineData("...hidden.csv ", "hidden.csv")]
    [InlineData("a\0b\nc\u001b[31m.csv", "a_b_c_[31m.csv")]
    [InlineData("invoice\u202Egnp.csv", "invoice_gnp.csv")]
    [InlineData("zero\u200Bwidth.csv", "zero_width.csv")]
    [InlineData("<img src=x onerror=alert(1)>.csv", "<img src=x onerror=alert(1)>.csv")]
    [InlineData("Größe 😀.csv", "Größe 😀.csv")]
    public void Of_Name_IsThatOfOneVisibleFile(string? given, string safe) => SafeName.Of(given).ShouldBe(safe);

    [Fact]
    public void Of_LongName_KeepsItsExtension()
    {
        var safe = SafeName.Of(new string('ä', 500) + ".csv");

        Encoding.UTF8.GetByteCount(safe).ShouldBeLessThanOrEqualTo(200);
        safe.ShouldEndWith("ä.csv");
        SafeName.Of("a." + new string('b', 500)).Length.ShouldBe(200);
    }

    [Fact]
    public void Of_SafeName_IsItself()
    {
        SafeName.Of("half\uD83D.csv").ShouldBe("half_.csv");
        foreach (var name in new[] { "x/y", "..\\", "a\u2028b", new string('é', 300) + ".x", " .a. " })
        {
            var safe = SafeName.Of(name);
            SafeName.Of(safe).ShouldBe(safe);
            Path.GetFileName(safe).ShouldBe(safe);
        }
    }
}
