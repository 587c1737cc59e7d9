using CsCheck;
using OrleansIngest.Engine.Inference;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Tests.Sources;

public sealed class ExaminedPipeTests
{
    [Fact]
    public void Whole_WhateverWasExamined_IsTheWholePipe() =>
        Gen.Select(Gen.Byte.Array[0, 200], Gen.Int[1, 20].Array[0, 8], Gen.Int[1, 30]).Sample((bytes, reads, size) =>
        {
            var pipe = new ExaminedPipe(new MemoryStream(bytes));
            var first = new MemoryStream();
            foreach (var length in reads)
            {
                var buffer = new byte[length];
                first.Write(buffer, 0, pipe.First.Read(buffer));
            }

            pipe.Finish();
            pipe.First.Read(new byte[1]).ShouldBe(0);
            var whole = new MemoryStream();
            pipe.Whole.CopyTo(whole, size);

            whole.ToArray().ShouldBe(bytes);
            first.ToArray().ShouldBe(bytes[..(int)first.Length]);
            pipe.KeptBytes.ShouldBe(first.Length);
        });

    /// <summary>A decoder that reads ahead may get its bytes when the examination is over.</summary>
    [Fact]
    public async Task Whole_WhileAReadOfTheExaminationWaits_HasWhatIsKeptAndThenItsBytes()
    {
        using var source = new GatedStream("abc"u8.ToArray());
        var pipe = new ExaminedPipe(source);
        source.Allow(1);
        pipe.First.ReadByte().ShouldBe('a');
        var late = Task.Run(() => pipe.First.ReadByte(), TestContext.Current.CancellationToken);
        await source.Waits;

        pipe.Finish();
        pipe.Whole.ReadByte().ShouldBe('a');
        source.Allow(3);

        (await late).ShouldBe('b');
        pipe.Whole.ReadByte().ShouldBe('b');
        pipe.Whole.ReadByte().ShouldBe('c');
        pipe.Whole.ReadByte().ShouldBe(-1);
    }

    [Fact]
    public void Read_LongRecords_KeepsABoundedPartAndLosesNothing()
    {
        using var source = new LongRecords();
        var input = new PipeInput("stdin", TimeProvider.System, () => source);

        var table = TableInference.Read(input, new PipelineOptions(), NewTable.SampledRecords);

        table.Records.ShouldBeGreaterThan(1000);
        source.Position.ShouldBeInRange(TableInference.MostPipeBytes, TableInference.MostPipeBytes + (16 << 20));
        using var whole = input.Open();
        var (buffer, expected) = (new byte[LongRecords.Bytes], new byte[LongRecords.Bytes]);
        using var again = new LongRecords();
        for (var read = 0L; read < TableInference.MostPipeBytes + (20 << 20); read += buffer.Length)
        {
            whole.ReadExactly(buffer);
            again.ReadExactly(expected);
            buffer.AsSpan().SequenceEqual(expected).ShouldBeTrue();
        }
    }

    /// <summary>Gives a byte for each permission.</summary>
    sealed class GatedStream(byte[] bytes) : ForwardStream
    {
        readonly SemaphoreSlim _allowed = new(0);
        readonly TaskCompletionSource _waits = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int _at;

        /// <summary>Completes when a second byte is requested.</summary>
        public Task Waits => _waits.Task;

        public void Allow(int reads) => _allowed.Release(reads);

        public override int Read(Span<byte> buffer)
        {
            if (_at > 0) _waits.TrySetResult();
            _allowed.Wait(TestContext.Current.CancellationToken);
            if (_at == bytes.Length) return 0;
            buffer[0] = bytes[_at++];
            return 1;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) _allowed.Dispose();
            base.Dispose(disposing);
        }
    }

    /// <summary>CSV without an end; records of 16 KiB that differ.</summary>
    sealed class LongRecords : ForwardStream
    {
        public const int Bytes = 16 * 1024;

        long _at;

        public override long Position { get => _at; set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            for (var i = 0; i < buffer.Length; i++, _at++)
            {
                var inRecord = (int)(_at % Bytes);
                buffer[i] = inRecord switch
                {
                    Bytes - 1 => (byte)'\n',
                    8 => (byte)',',
                    < 8 => (byte)('0' + (_at / Bytes >> 3 * inRecord & 7)),
                    _ => (byte)'x',
                };
            }

            return buffer.Length;
        }
    }
}
