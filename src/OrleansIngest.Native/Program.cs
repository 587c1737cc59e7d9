using OrleansIngest.Commands;
using OrleansIngest.Commands.Shell;

return await CliProcess.RunAsync(StandaloneCommands.Create(), args);
