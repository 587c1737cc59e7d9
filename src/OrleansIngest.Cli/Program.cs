using OrleansIngest.Cli.Commands;
using OrleansIngest.Commands.Shell;

return await CliProcess.RunAsync(AllCommands.Create(), args);
