namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>The sums of one step of one pipeline.</summary>
readonly record struct SeriesStep
{
    public long Records { get; init; }

    public long Rejected { get; init; }

    public long Bytes { get; init; }

    public long Batches { get; init; }

    public long Files { get; init; }

    public long ReadMicroseconds { get; init; }

    public long WaitMicroseconds { get; init; }

    public long CopyMicroseconds { get; init; }

    public long CommitMicroseconds { get; init; }

    /// <summary>Time in which at least one batch was in progress.</summary>
    public long BusyMicroseconds { get; init; }

    public static void Set(PipelineSeries series, int i, int seconds, SeriesStep step)
    {
        series.InputRows[i] = step.Records;
        series.InputRate[i] = Math.Round(step.Records / (double)seconds, 1);
        series.ProcessRate[i] = step.BusyMicroseconds == 0 ? null : Math.Round(step.Records / (step.BusyMicroseconds / 1e6), 1);
        series.Rejected[i] = step.Rejected;
        series.Bytes[i] = step.Bytes;
        series.Batches[i] = step.Batches;
        series.FilesFinished[i] = step.Files;
        series.ReadMs[i] = Mean(step.ReadMicroseconds);
        series.WaitMs[i] = Mean(step.WaitMicroseconds);
        series.CopyMs[i] = Mean(step.CopyMicroseconds);
        series.CommitMs[i] = Mean(step.CommitMicroseconds);
        series.BatchMs[i] = Mean(step.ReadMicroseconds + step.WaitMicroseconds + step.CopyMicroseconds + step.CommitMicroseconds);

        double? Mean(long microseconds) => step.Batches == 0 ? null : Math.Round(microseconds / 1000.0 / step.Batches, 2);
    }
}
