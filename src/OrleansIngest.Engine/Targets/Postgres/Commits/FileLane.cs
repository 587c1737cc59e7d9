namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>Which lane has a file that is being loaded; shared by its batches, changed by the
/// <see cref="LaneQueue{T}"/> alone.</summary>
sealed class FileLane
{
    /// <summary>The lane's number, from 1; 0 while no lane has taken a batch of the file.</summary>
    public int Number { get; set; }
}
