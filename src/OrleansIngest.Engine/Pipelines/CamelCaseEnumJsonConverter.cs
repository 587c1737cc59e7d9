using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Represents enums in JSON by name in camel case, never by number.</summary>
/// <typeparam name="TEnum">The enum.</typeparam>
public sealed class CamelCaseEnumJsonConverter<TEnum>() : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.CamelCase,
    allowIntegerValues: false)
    where TEnum : struct, Enum;
