using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Arguments;

/// <summary>The formats of single columns: <c>--values</c>.</summary>
static class ColumnValues
{
    const string Expected =
        "COLUMN.OPTION=VALUE, the option being decimal, thousands, dateOrder, dateFormat, trueValue or falseValue";

    /// <summary>Adds the formats of the command line to those of the pipeline.</summary>
    /// <exception cref="CliException">It is malformed.</exception>
    public static IReadOnlyDictionary<string, ValueOptions> Add(
        IReadOnlyDictionary<string, ValueOptions> configured, IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0) return configured;
        var values = configured.ToDictionary(StringComparer.Ordinal);
        foreach (var argument in arguments)
        {
            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            var point = equals < 0 ? -1 : argument.LastIndexOf('.', equals - 1);
            if (point <= 0) throw Wrong(argument);
            var column = argument[..point];
            if (!values.TryGetValue(column, out var options)) values[column] = options = new ValueOptions();
            else if (ReferenceEquals(options, configured.GetValueOrDefault(column))) values[column] = options = options.Copy();
            Set(options, argument[(point + 1)..equals], argument[(equals + 1)..], argument);
        }

        return values;
    }

    static void Set(ValueOptions options, string name, string value, string argument)
    {
        switch (name)
        {
            case "decimal" when value.Length == 1: options.Decimal = value[0]; break;
            case "thousands" when value.Length == 1: options.Thousands = value[0]; break;
            case "dateOrder" when Enum.TryParse<DatePartOrder>(value, ignoreCase: true, out var order):
                options.DateOrder = order;
                break;
            case "dateFormat": options.DateFormats = [.. options.DateFormats ?? [], value]; break;
            case "trueValue": options.TrueValues = [.. options.TrueValues ?? [], value]; break;
            case "falseValue": options.FalseValues = [.. options.FalseValues ?? [], value]; break;
            default: throw Wrong(argument);
        }
    }

    static CliException Wrong(string argument) => CliException.Usage($"--values must be {Expected}, not '{argument}'");
}
