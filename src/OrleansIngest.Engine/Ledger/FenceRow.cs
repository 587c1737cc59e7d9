namespace OrleansIngest.Engine.Ledger;

/// <summary>A batch for the fence: its claim and its range.</summary>
/// <param name="FileId">The file.</param>
/// <param name="Epoch">The claim's fencing token.</param>
/// <param name="Owner">The node that has the claim.</param>
/// <param name="StartOffset">Start of the range: with the file, the batch's key.</param>
/// <param name="EndOffset">End of the range: a committed batch with another end is not this one.</param>
/// <param name="Finishes">Whether its commit may finish the file.</param>
/// <param name="MayBeCommitted">Whether an earlier commit of it was tried and its answer was lost.</param>
readonly record struct FenceRow(FileId FileId, int Epoch, NodeId Owner, long StartOffset, long EndOffset, bool Finishes,
    bool MayBeCommitted);
