using System.Security.Cryptography;
using OrleansIngest.Engine.Csv;

namespace OrleansIngest.Engine.Tests.Csv;

public sealed class ContentHashPiecesTests : IDisposable
{
    readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    [InlineData(1_000_000, 7)]
    [InlineData(1_000_001, 7)]
    public void ReadTo_PieceByPiece_IsTheHashOfTheWhole(int size, int pieces)
    {
        var content = new byte[size];
        new Random(pieces).NextBytes(content);
        File.WriteAllBytes(_path, content);
        using var handle = File.OpenHandle(_path);
        using var hash = new ContentHash();

        for (long end = Math.Max(1, size / pieces); hash.UpTo < size; end += Math.Max(1, size / pieces))
        {
            hash.ReadTo(handle, Math.Min(end, size)).ShouldBeTrue();
            hash.UpTo.ShouldBe(Math.Min(end, size));
        }

        hash.Finish(handle, size).ShouldBe(SHA256.HashData(content));
    }

    [Fact]
    public void ReadTo_FileBecameShorter_IsFalse()
    {
        File.WriteAllText(_path, "1234");
        using var handle = File.OpenHandle(_path);
        using var hash = new ContentHash();

        hash.ReadTo(handle, 4).ShouldBeTrue();
        hash.ReadTo(handle, 5).ShouldBeFalse();
        hash.Finish(handle, 6).ShouldBeNull();
    }
}
