namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>The lane that has a file that is being loaded; shared by its batches, and changed only by the
/// <see cref="LaneQueue{T}"/>.</summary>
sealed class FileLane
{
    /// <summary>The lane's number, from 1; 0 while no lane has taken a batch of the file.</summary>
    public int Number { get; set; }
}
