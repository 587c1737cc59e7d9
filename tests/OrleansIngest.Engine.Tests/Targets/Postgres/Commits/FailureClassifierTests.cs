using System.Net.Sockets;
using Npgsql;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Targets.Postgres.Commits;

namespace OrleansIngest.Engine.Tests.Targets.Postgres.Commits;

public sealed class FailureClassifierTests
{
    [Theory]
    // What the server says of itself.
    [InlineData("53100", "ERROR", "mdextend", CommitStage.SendingRows, FailureClass.Outage)]
    [InlineData("53300", "FATAL", "InitProcess", CommitStage.Preparing, FailureClass.Outage)]
    [InlineData("57P01", "FATAL", "ProcessInterrupts", CommitStage.SendingRows, FailureClass.Outage)]
    [InlineData("57P03", "FATAL", "ProcessStartupPacket", CommitStage.Preparing, FailureClass.Outage)]
    [InlineData("25006", "ERROR", "PreventCommandIfReadOnly", CommitStage.Preparing, FailureClass.Outage)]
    [InlineData("55P03", "ERROR", "ProcSleep", CommitStage.Preparing, FailureClass.Outage)]
    [InlineData("XX001", "ERROR", "_bt_checkpage", CommitStage.Checkpoint, FailureClass.Outage)]
    [InlineData("40P01", "ERROR", "DeadLockReport", CommitStage.Checkpoint, FailureClass.Outage)]
    // The same codes, raised by a trigger.
    [InlineData("53100", "ERROR", "exec_stmt_raise", CommitStage.SendingRows, FailureClass.Data)]
    [InlineData("57P01", "ERROR", "exec_stmt_raise", CommitStage.SendingRows, FailureClass.Data)]
    [InlineData("40001", "ERROR", "exec_stmt_raise", CommitStage.Committing, FailureClass.Data)]
    [InlineData("08006", "ERROR", "dblink_res_error", CommitStage.SendingRows, FailureClass.Data)]
    [InlineData("OI001", "ERROR", "exec_stmt_raise", CommitStage.SendingRows, FailureClass.Data)]
    // Perhaps over soon.
    [InlineData("40P01", "ERROR", "DeadLockReport", CommitStage.SendingRows, FailureClass.Transient)]
    [InlineData("57014", "ERROR", "ProcessInterrupts", CommitStage.SendingRows, FailureClass.Transient)]
    [InlineData("53200", "ERROR", "AllocSetAlloc", CommitStage.SendingRows, FailureClass.Transient)]
    [InlineData("XX000", "ERROR", "get_val", CommitStage.SendingRows, FailureClass.Transient)]
    [InlineData("08P01", "ERROR", "pq_copymsgbytes", CommitStage.SendingRows, FailureClass.Transient)]
    // Rows.
    [InlineData("22P02", "ERROR", "pg_strtoint32", CommitStage.SendingRows, FailureClass.Data)]
    [InlineData("23505", "ERROR", "_bt_check_unique", CommitStage.SendingRows, FailureClass.Data)]
    [InlineData("23503", "ERROR", "ri_ReportViolation", CommitStage.Committing, FailureClass.Data)]
    [InlineData("54000", "ERROR", "index_form_tuple", CommitStage.SendingRows, FailureClass.Data)]
    [InlineData("42P01", "ERROR", "parserOpenTable", CommitStage.SendingRows, FailureClass.Data)]
    [InlineData("BK001", "ERROR", "exec_stmt_raise", CommitStage.SendingRows, FailureClass.Data)]
    // Statements.
    [InlineData("42P01", "ERROR", "parserOpenTable", CommitStage.Preparing, FailureClass.File)]
    [InlineData("42501", "ERROR", "aclcheck_error", CommitStage.Preparing, FailureClass.File)]
    [InlineData("22P05", "ERROR", "report_untranslatable_char", CommitStage.Checkpoint, FailureClass.File)]
    [InlineData("OI001", "ERROR", "exec_stmt_raise", CommitStage.Checkpoint, FailureClass.Stale)]
    internal void Classify_ServerError_DependsOnWhoSaysItAndWhen(
        string state, string severity, string routine, CommitStage stage, FailureClass expected) =>
        FailureClassifier.Classify(Error(state, severity, routine), stage).ShouldBe(expected);

    [Theory]
    [InlineData("08P01", FailureClass.Transient, true)] // a binary value that is too short for its column
    [InlineData("22P03", FailureClass.Data, true)] // one that is too long
    [InlineData("40P01", FailureClass.Transient, false)]
    [InlineData("53100", FailureClass.Outage, false)]
    internal void MayBeStale_ValueOfAnotherType_AsksTheTable(string state, FailureClass kind, bool expected) =>
        FailureClassifier.MayBeStale(kind, Error(state, "ERROR", "copyfrom")).ShouldBe(expected);

    [Fact]
    public void Classify_RefusedEpoch_IsAFence() =>
        FailureClassifier.Classify(
            new PostgresException("null", "ERROR", "ERROR", "23502", schemaName: "ingest", tableName: "batch",
                columnName: "epoch"), CommitStage.Checkpoint)
            .ShouldBe(FailureClass.Fence);

    [Fact]
    public void Classify_CheckpointThatExists_IsRepeated() =>
        FailureClassifier.Classify(new PostgresException("twice", "ERROR", "ERROR", "23505", schemaName: "ingest",
            tableName: "batch"), CommitStage.Checkpoint)
            .ShouldBe(FailureClass.Repeated);

    [Fact]
    public void Classify_BrokenConnection_IsAnOutageAndADefectIsTheFiles()
    {
        foreach (Exception broken in (Exception[])[new NpgsqlException("gone"), new IOException(), new SocketException(),
            new TimeoutException()])
            FailureClassifier.Classify(broken, CommitStage.SendingRows).ShouldBe(FailureClass.Outage);
        FailureClassifier.Classify(new InvalidCastException(), CommitStage.SendingRows).ShouldBe(FailureClass.File);
    }

    [Theory]
    [InlineData("57P03", true)]
    [InlineData("53300", true)]
    [InlineData("40P01", true)]
    [InlineData("28P01", true)]
    [InlineData("42P01", false)]
    [InlineData("23505", false)]
    public void IsWorthWaiting_LedgerStatement_ByItsCode(string state, bool expected) =>
        FailureClassifier.IsWorthWaiting(Error(state, "ERROR", "x")).ShouldBe(expected);

    internal static PostgresException Error(string state, string severity = "ERROR", string routine = "x") =>
        new("message", severity, severity, state, routine: routine);
}
