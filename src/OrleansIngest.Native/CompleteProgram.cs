using System.Runtime.InteropServices;

namespace OrleansIngest.Native;

/// <summary>The program with all commands, which a release has in the directory <c>complete</c> beside this one. In a clone <c>./ingest</c> chooses between the
/// two, and there is none.</summary>
static partial class CompleteProgram
{
    /// <summary>Continues as the complete program, in the same process, unless the command line is for one of these commands. Returns when it is, or when there
    /// is not a complete program.</summary>
    /// <param name="commands">Names of the commands that this program has.</param>
    /// <param name="arguments">The command line, without the program's name. Help and version concern all commands.</param>
    public static void ExecUnlessOneOf(IEnumerable<string> commands, string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "complete", "ingest");
        if (commands.Contains(arguments.FirstOrDefault()) || !File.Exists(program)) return;
        _ = Execv(program, [program, .. arguments, null]);
        Console.Error.WriteLine($"ingest: {program} cannot be run: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execv(string path, string?[] arguments);
}
