using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Tests.Sources.FileSystem;

namespace OrleansIngest.Engine.Tests.Ledger;

public sealed class MachineTests : IDisposable
{
    readonly TemporaryDirectory _proc = new();

    public void Dispose() => _proc.Dispose();

    [Fact]
    public void Read_FilesOfAKernel_CountsItsProcessorsAndMemory()
    {
        Write("sys/kernel/random/boot_id", "8f0f6c4e-3c8f-4a43-8f0c-6f6fb0b9c0de\n");
        Write("stat", "cpu  10 0 10 10\ncpu0 5 0 5 5\ncpu1 5 0 5 5\nintr 3\nctxt 9\n");
        Write("meminfo", "MemTotal:       24029472 kB\nMemFree:         1 kB\n");

        Machine.Read(_proc.Root).ShouldBe(new Machine("8f0f6c4e-3c8f-4a43-8f0c-6f6fb0b9c0de", 2, 24_029_472L << 10));
    }

    [Fact]
    public void Read_SystemWithoutThem_SaysWhatTheProcessKnows()
    {
        var machine = Machine.Read(_proc.Root);

        (machine.Id, machine.Cores).ShouldBe((Environment.MachineName, Environment.ProcessorCount));
        machine.MemoryBytes.ShouldBeGreaterThan(0);
    }

    void Write(string name, string text)
    {
        var path = Path.Combine(_proc.Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
