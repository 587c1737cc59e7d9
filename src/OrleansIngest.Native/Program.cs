using OrleansIngest.Commands;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Native;

var commands = StandaloneCommands.Create();
CompleteProgram.ExecUnlessOneOf(commands.Select(command => command.Name), args);
return await CliProcess.RunAsync(commands, args);
